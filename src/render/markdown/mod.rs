//! The specification document.
