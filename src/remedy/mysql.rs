//! Steps for one engine family.
