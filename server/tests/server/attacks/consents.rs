//! What a person has taken back is not captured any more, whatever a phone sends.

use chrono::Utc;
use chuda_evidence::Claim;
use chuda_evidence::Mime;
use chuda_evidence::claim::{Consent, Location, Source};
use chuda_kit::records;
use chuda_record::id::{EvidenceId, Hash};
use chuda_record::time::from_millis;
use chuda_record::wire::{ConsentNote, Request, Response};
use chuda_record::{Evidence, Role};
use reqwest::StatusCode;

use crate::blobs::create;
use crate::exchange::claim_with;
use crate::phone::{Phone, Team, json_of};

async fn tell(phone: &Phone, team: &Team, purpose: &str, at: i64, given: bool) -> Response {
    let note = ConsentNote { purpose: purpose.into(), at, given, version: 1 };
    phone.exchange(team, &Request { consents: Some(vec![note]), ..phone.next_request() }).await.unwrap()
}

#[tokio::test]
async fn nothing_is_taken_that_was_captured_after_consent_was_taken_back() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    for purpose in ["recording", "location"] {
        for (at, given) in [(100, true), (200, false), (300, true)] {
            assert_eq!(tell(&rep, &team, purpose, at, given).await.consents, Some(1));
        }
        assert_eq!(tell(&rep, &team, purpose, 200, false).await.consents, Some(1), "told again it is the same");
    }
    let mut number = 0;
    let mut take = async |at: i64, differs: fn(&mut Claim)| {
        number += 1;
        let with_time = |claim: &mut Claim| {
            differs(claim);
            (claim.wall_ms, claim.previous) = (at, (claim.sequence > 1).then(|| Hash::of(b"the one before")));
        };
        let claim = claim_with(&rep, EvidenceId::new(Utc::now()), number, with_time);
        let answer = rep.exchange(&team, &Request { claims: vec![claim], ..rep.next_request() }).await.unwrap();
        answer.rejected_claims.first().map(|rejected| rejected.reason.clone())
    };
    let sounds = |claim: &mut Claim| {
        (claim.source, claim.mime, claim.consent) = (Source::Recording, Mime::Wav, Some(Consent::OwnVoice));
    };
    let placed = |claim: &mut Claim| {
        let location = Location { latitude_e6: 31_000_000, longitude_e6: 121_000_000, accuracy_m: 10, age_ms: 0, mock: false };
        claim.location = Some(location);
    };
    for differs in [sounds, placed] {
        assert_eq!(take(150, differs).await, None);
        assert_eq!(take(200, differs).await.as_deref(), Some("consent.withdrawn"));
        assert_eq!(take(299, differs).await.as_deref(), Some("consent.withdrawn"));
        assert_eq!(take(300, differs).await, None, "given again");
    }
    assert_eq!(take(250, |_| ()).await, None, "a photo without a place is neither");

    for (at, expected) in [(250, Some("consent.withdrawn")), (150, None)] {
        let bytes = format!("sound of {at}").into_bytes();
        let evidence = records::evidence(rep.person, rep.device, &bytes, "audio/wav", from_millis(at));
        rep.create(EvidenceId::new(Utc::now()), &Evidence { source: "recording".into(), ..evidence });
        assert_eq!(rep.sync(&team).await, []);
        let answer = create(&rep, &team, Hash::of(&bytes), bytes.len()).await;
        match expected {
            Some(key) => assert_eq!(json_of(answer).await["key"].as_str(), Some(key)),
            None => assert_eq!(answer.status(), StatusCode::CREATED),
        }
    }
    let listed = team.admin().consents().unwrap();
    assert_eq!((listed.len(), listed[0].person, listed[0].person_name.as_str()), (6, rep.person, "Mallory"));
}
