//! Strangers who hold lines and send nothing, while others work.

use std::net::SocketAddr;

use chuda_record::Role;
use reqwest::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::phone::{Phone, Team};

/// Connects from an address of this machine and sends what it is told to.
async fn half_open(team: &Team, number: u8, said: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, number], 0))).unwrap();
    let server = team.url().trim_start_matches("http://").parse().unwrap();
    let mut stream = socket.connect(server).await.unwrap();
    let _ = stream.write_all(said.as_bytes()).await;
    stream
}

/// Whether the other end has hung up.
fn is_cut(stream: &mut TcpStream) -> bool {
    !matches!(stream.try_read(&mut [0; 64]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_lines_displace_each_other_and_no_honest_phone() {
    let team = Team::start().await;
    let mut rep = team.phone("Li", &[Role::Rep], None).await;
    let (_, code) = team.person_of("Wang", &[Role::Rep], None);
    let url = team.url();
    let mut lines = Vec::new();
    for number in 0..3_000_u32 {
        let said = ["", "POST /sync HTTP/1.1\r\n", "POST /enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n{"]
            [number as usize % 3];
        lines.push(half_open(&team, 2 + (number % 20) as u8, said).await);
        if number % 500 == 250 {
            rep.customer(&format!("杭州智联科技 {number}"));
            assert!(rep.sync(&team).await.is_empty(), "an honest phone works as ever");
        }
    }
    assert_eq!(Phone::new().enrol(&team, &code).await.0, StatusCode::OK, "and a new one gets in");
    assert_eq!(reqwest::get(format!("{url}/healthz")).await.unwrap().status(), StatusCode::OK);
    let mut held = 0;
    for line in &mut lines {
        held += usize::from(!is_cut(line));
    }
    assert!(held <= 512, "{held} lines of strangers are held");
    assert!(held >= 100, "strangers are let in as long as there is room: {held}");
}

#[tokio::test]
async fn a_line_on_which_somebody_has_shown_who_they_are_stays() {
    let team = Team::start().await;
    let token = team.token();
    let asked = format!("GET /api/v1/touches HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut known = half_open(&team, 1, &asked).await;
    let mut answer = [0; 12];
    known.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let mut flood = Vec::new();
    for _ in 0..600 {
        flood.push(half_open(&team, 1, "").await);
    }
    known.write_all(asked.as_bytes()).await.unwrap();
    let mut rest = vec![0; 4096];
    let mut said = String::new();
    while said.matches("HTTP/1.1 200").count() < 1 {
        let count = known.read(&mut rest).await.unwrap();
        assert!(count > 0, "the line was cut");
        said += &String::from_utf8_lossy(&rest[..count]);
    }
}
