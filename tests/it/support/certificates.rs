//! Certificates for the tests of TLS, made anew for every run.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

/// An authority that signs certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, in PEM form.
    pub(crate) certificate: String,
}

/// A certificate and its key, in PEM form.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    /// A new authority of this name.
    pub(crate) fn new(name: &str) -> Result<Self, rcgen::Error> {
        let mut parameters = named(name, &[])?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate()?;
        let certificate = parameters.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(parameters, key), certificate })
    }

    /// A certificate of a server that is reached by this name.
    pub(crate) fn server(&self, name: &str) -> Result<Certificate, rcgen::Error> {
        self.sign(named("Server of a test", &[name])?, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A certificate of a role of the database.
    pub(crate) fn client(&self, role: &str) -> Result<Certificate, rcgen::Error> {
        self.sign(named(role, &[])?, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(
        &self,
        mut parameters: CertificateParams,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Result<Certificate, rcgen::Error> {
        parameters.extended_key_usages = vec![purpose];
        let key = KeyPair::generate()?;
        let certificate = parameters.signed_by(&key, &self.issuer)?.pem();
        Ok(Certificate { certificate, key: key.serialize_pem() })
    }
}

fn named(common_name: &str, names: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())?;
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    Ok(parameters)
}
