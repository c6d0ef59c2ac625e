//! What a TLS connection that failed means. The driver hands its library's words on and names no file.

use super::Error;
use sqlx::Error as SqlError;
use std::io::ErrorKind;
use std::path::Path;

/// Why a TLS handshake failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No authority that is trusted here signed the server's certificate.
    Authority,
    /// The server's certificate is for another name.
    Name,
    /// The server did not take the client's certificate, or missed one.
    Client,
    /// The server has no TLS.
    Absent,
    /// Anything else, in the library's words.
    Other,
}

/// Whether and why a handshake failed. The driver gives the library's complaint as one about data that it read.
pub(super) fn refusal(error: &SqlError) -> Option<Refusal> {
    let text = match error {
        SqlError::Io(error) if error.kind() == ErrorKind::InvalidData => error.to_string(),
        SqlError::Tls(error) => error.to_string(),
        _ => return None,
    };
    // A signature is bad when an authority of the same name has another key.
    Some(if text.contains("UnknownIssuer") || text.contains("BadSignature") {
        Refusal::Authority
    } else if text.contains("not valid for name") || text.contains("NotValidForName") {
        Refusal::Name
    } else if text.contains("received fatal alert") && (text.contains("Certificate") || text.contains("UnknownCA")) {
        Refusal::Client
    } else if text.contains("does not support TLS") {
        Refusal::Absent
    } else {
        Refusal::Other
    })
}

/// What a file must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Certificates,
    Key,
}

/// Whether a file that a parameter names can be read and holds what it should.
pub(super) fn check_file(parameter: &str, path: &Path, content: Content) -> Result<(), Error> {
    let attempt = || Error::new(format!("cannot use {}, which {parameter} names", path.display()));
    let bytes = std::fs::read(path)
        .map_err(|error| attempt().because(error).hint("name a file in PEM form that this user may read"))?;
    let text = String::from_utf8_lossy(&bytes);
    match content {
        Content::Certificates if !text.contains("-----BEGIN CERTIFICATE-----") => {
            Err(attempt().because("it holds no certificate").hint("name a file of certificates in PEM form"))
        }
        Content::Key
            if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED") =>
        {
            Err(attempt().because("the key is locked with a passphrase").hint(format!(
                "`openssl pkey -in {} -out FILE` writes it without; keep FILE readable for you alone",
                path.display()
            )))
        }
        Content::Key if !text.contains("PRIVATE KEY-----") => {
            Err(attempt().because("it holds no private key").hint("name a file with a private key in PEM form"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(text: &str) -> SqlError {
        SqlError::Io(std::io::Error::new(ErrorKind::InvalidData, text.to_owned()))
    }

    #[test]
    fn tells_why_a_handshake_failed() {
        for (text, expected) in [
            ("invalid peer certificate: UnknownIssuer", Refusal::Authority),
            ("invalid peer certificate: BadSignature", Refusal::Authority),
            ("invalid peer certificate: certificate not valid for name \"db\"", Refusal::Name),
            ("received fatal alert: CertificateRequired", Refusal::Client),
            ("received fatal alert: UnknownCA", Refusal::Client),
            ("received fatal alert: HandshakeFailure", Refusal::Other),
            ("invalid peer certificate: Expired", Refusal::Other),
        ] {
            assert_eq!(refusal(&handshake(text)), Some(expected), "{text}");
        }
        assert_eq!(refusal(&SqlError::Tls("server does not support TLS".into())), Some(Refusal::Absent));
        assert_eq!(refusal(&SqlError::Io(ErrorKind::ConnectionRefused.into())), None);
    }

    #[test]
    fn tells_what_is_wrong_with_a_file() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let complaint = |text: &str, content| {
            std::fs::write(file.path(), text).expect("written");
            let error = check_file("sslkey", file.path(), content).err()?;
            error.source.map(|source| source.to_string())
        };
        assert_eq!(complaint("", Content::Certificates).as_deref(), Some("it holds no certificate"));
        assert_eq!(complaint("-----BEGIN CERTIFICATE-----\n", Content::Certificates), None);
        assert_eq!(
            complaint("-----BEGIN CERTIFICATE-----\n", Content::Key).as_deref(),
            Some("it holds no private key")
        );
        assert_eq!(complaint("-----BEGIN EC PRIVATE KEY-----\n", Content::Key), None);
        let locked = complaint("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", Content::Key);
        assert_eq!(locked.as_deref(), Some("the key is locked with a passphrase"));
        let missing = check_file("sslkey", Path::new("/nonexistent"), Content::Key).expect_err("no file");
        assert_eq!(missing.to_string(), "cannot use /nonexistent, which sslkey names");
    }
}
