//! SQL text shared by the engines.
