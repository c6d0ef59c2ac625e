//! A proxy on this machine that counts round trips: how often the client speaks after the server has.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A proxy in front of a server.
#[derive(Debug)]
pub(crate) struct Proxy {
    url: String,
    counter: Arc<Counter>,
}

#[derive(Debug, Default)]
struct Counter {
    connections: AtomicUsize,
    server_spoke: AtomicBool,
    round_trips: AtomicUsize,
}

impl Proxy {
    /// A proxy to the server of this URL.
    pub(crate) fn new(target: &str) -> Result<Self, String> {
        Self::silent_after(target, usize::MAX)
    }

    /// A proxy that keeps the connection and passes nothing more on to the client after so many bytes.
    pub(crate) fn silent_after(target: &str, bytes: usize) -> Result<Self, String> {
        let mut url = url::Url::parse(target).map_err(|error| error.to_string())?;
        let address = format!("{}:{}", url.host_str().unwrap_or_default(), url.port().unwrap_or_default());
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        url.set_port(Some(port)).map_err(|()| "no port".to_owned())?;
        let counter = Arc::new(Counter::default());
        let shared = Arc::clone(&counter);
        // The thread ends with the program: a listener has no other end.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&address) else { return };
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let counter = Arc::clone(&shared);
                std::thread::spawn(move || relay(&client, &server, &counter, bytes));
            }
        });
        Ok(Self { url: url.to_string(), counter })
    }

    /// URL of the proxy.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Connections since the last call.
    pub(crate) fn connections(&self) -> usize {
        self.counter.connections.swap(0, Ordering::SeqCst)
    }

    /// Round trips since the last call.
    pub(crate) fn take(&self) -> usize {
        self.counter.round_trips.swap(0, Ordering::SeqCst)
    }
}

fn relay(client: &TcpStream, server: &TcpStream, counter: &Arc<Counter>, bytes: usize) {
    let ends = [client, client, server, server].map(TcpStream::try_clone);
    let [Ok(from_client), Ok(client), Ok(from_server), Ok(server)] = ends else { return };
    let answers = Arc::clone(counter);
    let back = std::thread::spawn(move || {
        copy(from_server, client, bytes, || answers.server_spoke.store(true, Ordering::SeqCst));
    });
    copy(from_client, server, usize::MAX, || {
        if counter.server_spoke.swap(false, Ordering::SeqCst) {
            counter.round_trips.fetch_add(1, Ordering::SeqCst);
        }
    });
    let _ = back.join();
}

fn copy(mut from: TcpStream, mut to: TcpStream, bytes: usize, heard: impl Fn()) {
    let mut buffer = vec![0; 64 * 1024];
    let mut left = bytes;
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        heard();
        let passed = count.min(left);
        left -= passed;
        if to.write_all(&buffer[..passed]).is_err() {
            break;
        }
    }
    // Who is silent does not take leave either. The thread ends with the program.
    if left == 0 {
        loop {
            std::thread::park();
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
