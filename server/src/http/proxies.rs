//! Who asks, where a proxy stands before this server: only a proxy that is named is believed about it.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;

/// Addresses that begin alike, such as `10.0.0.0/8`; one address is a network of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "no network, such as 10.0.0.0/8, fd00::/8 or 192.168.1.5";
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| wrong)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).map_err(|_| wrong)?;
        if prefix > width { Err(wrong) } else { Ok(Self { address, prefix }) }
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let begins = |own: u128, other: u128, width: u32| {
            let rest = width - self.prefix;
            rest >= 128 || own >> rest == other >> rest
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => begins(u32::from(own).into(), u32::from(other).into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => begins(own.into(), other.into(), 128),
            _ => false,
        }
    }
}

/// Whether an address is that of a proxy which is believed.
pub(super) fn is_trusted(proxies: &[Network], address: IpAddr) -> bool {
    proxies.iter().any(|network| network.contains(address))
}

/// Whom a request is from that came from an address: what a named proxy says, as far back as named proxies say it.
///
/// `X-Forwarded-For` counts where it is there, `Forwarded` (RFC 7239) otherwise: a proxy that sets the latter takes the former away.
pub(super) fn origin(proxies: &[Network], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let listed = |name: &str| headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let (addresses, forwarded) = (listed("x-forwarded-for"), listed("forwarded"));
    let hops: Vec<Option<IpAddr>> = if addresses.is_empty() {
        forwarded.split(',').map(|hop| hop.split(';').find_map(|pair| address(strip_name(pair)?))).collect()
    } else {
        addresses.split(',').map(address).collect()
    };
    let mut origin = peer;
    for hop in hops.into_iter().rev() {
        match hop {
            Some(address) if is_trusted(proxies, origin) => origin = address,
            _ => break,
        }
    }
    origin
}

fn strip_name(pair: &str) -> Option<&str> {
    let (name, value) = pair.trim().split_once('=')?;
    name.eq_ignore_ascii_case("for").then_some(value)
}

/// An address, with a port or without, in brackets and quotes or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let alone = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(address, _)| address);
    alone.parse().ok().or_else(|| text.parse().ok().map(|with_port: std::net::SocketAddr| with_port.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(proxies: &[&str], peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies: Vec<Network> = proxies.iter().map(|text| text.parse().unwrap()).collect();
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        origin(&proxies, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_named_proxies_are_believed_and_only_as_far_as_they_say_it() {
        let said = [("x-forwarded-for", "9.9.9.9, 203.0.113.7")];
        assert_eq!(from(&[], "10.0.0.1", &said), "10.0.0.1");
        assert_eq!(from(&["10.0.0.2"], "10.0.0.1", &said), "10.0.0.1");
        assert_eq!(from(&["10.0.0.0/8"], "10.0.0.1", &said), "203.0.113.7", "what stands before it the client may have written");
        assert_eq!(from(&["10.0.0.0/8", "203.0.113.7"], "10.0.0.1", &said), "9.9.9.9");
        assert_eq!(from(&["0.0.0.0/0"], "10.0.0.1", &said), "9.9.9.9");
        assert_eq!(from(&["10.0.0.0/8"], "::ffff:10.0.0.1", &said), "203.0.113.7");
        assert_eq!(from(&["10.0.0.0/8"], "10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(from(&["10.0.0.0/8"], "10.0.0.1", &[("x-forwarded-for", "9.9.9.9, unknown")]), "10.0.0.1");
        let twice = [("x-forwarded-for", "9.9.9.9"), ("x-forwarded-for", "203.0.113.7:4711")];
        assert_eq!(from(&["10.0.0.0/8"], "10.0.0.1", &twice), "203.0.113.7");
        let both = [("forwarded", "for=9.9.9.9"), ("x-forwarded-for", "203.0.113.7")];
        assert_eq!(from(&["10.0.0.0/8"], "10.0.0.1", &both), "203.0.113.7");
        let named = [("forwarded", r#"for=9.9.9.9, proto=https; For="[2001:db8::1]:4711""#)];
        assert_eq!(from(&["10.0.0.0/8"], "10.0.0.1", &named), "2001:db8::1");
        assert_eq!(from(&["fd00::/8"], "fd00::5", &[("forwarded", "for=203.0.113.7")]), "203.0.113.7");
    }

    #[test]
    fn a_network_is_an_address_and_how_much_of_it_counts() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/x", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let network: Network = "10.1.0.0/15".parse().unwrap();
        assert!(network.contains([10, 0, 0, 1].into()) && !network.contains([10, 2, 0, 0].into()));
    }
}
