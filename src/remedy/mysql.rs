//! Steps for MySQL and MariaDB.
use super::planner::Planner;
use super::requests::Request;
pub(super) fn plan(planner: &mut Planner<'_>, requests: Vec<Request>) {
    let _ = (planner, requests);
}
