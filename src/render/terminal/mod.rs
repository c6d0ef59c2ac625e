//! Scorecard and findings for a terminal.
