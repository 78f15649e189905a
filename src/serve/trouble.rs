//! Why a request has no ordinary answer. Bare: `guard` gives each its page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use crate::store::StoreError;
use crate::template::TemplateError;

/// What a reader told to come again should wait.
const BUSY_WAIT_SECS: u32 = 30;

/// Why a request has no ordinary answer: a status, and the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) status: StatusCode,
    /// `answer.<what>` says it.
    pub(super) what: &'static str,
    /// In how many seconds to come again.
    pub(super) wait_secs: Option<u32>,
}

impl Trouble {
    pub(super) const NOT_FOUND: Self = Self::new(StatusCode::NOT_FOUND, "not_found");
    pub(super) const NOT_ALLOWED: Self = Self::new(StatusCode::METHOD_NOT_ALLOWED, "not_allowed");
    pub(super) const REFUSED: Self = Self::new(StatusCode::FORBIDDEN, "refused");
    pub(super) const TOO_LARGE: Self = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    pub(super) const BUSY: Self = Self {
        status: StatusCode::SERVICE_UNAVAILABLE,
        what: "busy",
        wait_secs: Some(BUSY_WAIT_SECS),
    };
    pub(super) const BROKEN: Self = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken");

    const fn new(status: StatusCode, what: &'static str) -> Self {
        Self {
            status,
            what,
            wait_secs: None,
        }
    }

    /// Asked too often (RFC 6585 section 4).
    pub(super) fn too_many(wait: TimeDelta) -> Self {
        let wait = u32::try_from(wait.num_seconds()).unwrap_or(1).max(1);
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            what: "too_many",
            wait_secs: Some(wait),
        }
    }
}

impl IntoResponse for Trouble {
    /// Bare: the outermost layer writes the page, since it knows the tongue.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a page could not be answered from the store");
        Self::BROKEN
    }
}

impl From<TemplateError> for Trouble {
    fn from(error: TemplateError) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Self::BROKEN
    }
}
