//! `brownfield` points at a live database that nobody documented and writes its data-model specification.
//!
//! The modules are the stages of the program in the order in which data flows. Each imports only those above it.

#![forbid(unsafe_code)]

pub mod settings;

pub mod model;

pub mod catalog;

pub mod survey;

pub mod checks;

pub mod score;

pub mod remedy;

pub mod report;

pub mod render;

pub mod cli;

mod parallel;
