//! A meeting as an invitation that calendars understand: iCalendar (RFC 5545, RFC 5546), the same from a phone and from the server.

use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, Property};

use crate::id::{MeetingId, PersonId};
use crate::{Change, Meeting};

/// What an invitation is made from.
pub struct Invitation<'a> {
    /// The meeting's id, from which the event's follows.
    pub id: MeetingId,
    /// The meeting.
    pub meeting: &'a Meeting,
    /// See [`sequence`].
    pub sequence: u32,
    /// The customer's name.
    pub customer: &'a str,
    /// The contract's number.
    pub contract: Option<&'a str>,
    /// What people are called.
    pub name_of: &'a dyn Fn(PersonId) -> String,
    /// When it is made.
    pub now: DateTime<Utc>,
}

/// How often a meeting has been moved or renamed, by its history: calendars take the highest for the latest.
pub fn sequence(history: &[Change]) -> u32 {
    let matters = |key: &String| ["title", "at", "minutes", "place"].contains(&key.as_str()) || key.starts_with("attendees/");
    let moves = history.iter().skip(1).filter(|change| change.writes.keys().any(matters)).count();
    u32::try_from(moves).unwrap_or(u32::MAX)
}

/// The invitation as text.
///
/// People have no mail address here: they are named by their id, and by their name.
pub fn to_ics(invitation: &Invitation<'_>) -> String {
    let Invitation { id, meeting, sequence, customer, contract, name_of, now } = invitation;
    let mut event = Event::new();
    event
        .uid(&format!("{id}@chuda"))
        .sequence(*sequence)
        .timestamp(*now)
        .created(meeting.origin.created_at)
        .summary(&line(&meeting.title))
        .starts(meeting.at)
        .ends(meeting.at + TimeDelta::minutes(meeting.minutes.clamp(1, 24 * 60)))
        .add_property("STATUS", "CONFIRMED")
        .append_property(address("ORGANIZER", meeting.author, name_of).done());
    if let Some(place) = &meeting.place {
        event.location(&line(place));
    }
    let about = [Some(line(customer)), contract.map(line)];
    event.description(&about.into_iter().flatten().collect::<Vec<_>>().join("\n"));
    for person in &meeting.attendees {
        let answer = match meeting.answers.get(person) {
            Some(true) => "ACCEPTED",
            Some(false) => "DECLINED",
            None => "NEEDS-ACTION",
        };
        let mut attendee = address("ATTENDEE", *person, name_of);
        attendee.add_parameter("ROLE", "REQ-PARTICIPANT").add_parameter("PARTSTAT", answer).add_parameter("RSVP", "TRUE");
        event.append_multi_property(attendee);
    }
    let mut calendar = Calendar::empty();
    for property in [("VERSION", "2.0"), ("PRODID", "-//Chuda//Chuda//ZH"), ("CALSCALE", "GREGORIAN"), ("METHOD", "REQUEST")] {
        calendar.append_property(property);
    }
    calendar.push(event.done());
    calendar.to_string()
}

fn address(property: &str, person: PersonId, name_of: &dyn Fn(PersonId) -> String) -> Property {
    let mut address = Property::new(property, format!("urn:uuid:{person}"));
    // A quoted value can hold everything but quotes.
    address.add_parameter("CN", &line(&name_of(person)).replace('"', "'"));
    address
}

/// On one line: control characters have no place in a calendar's line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CustomerId, DeviceId};
    use crate::time::from_millis;
    use crate::{Actor, Doc, Fields, Origin, Record as _, Scalar};

    /// Lines as they were before they were folded.
    fn unfolded(ics: &str) -> Vec<String> {
        ics.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
    }

    fn meeting(title: &str) -> Meeting {
        let (author, other) = (PersonId::derived("李雷"), PersonId::derived("韩梅"));
        Meeting {
            author,
            customer: CustomerId::derived("杭州智联科技"),
            contract: None,
            title: title.into(),
            at: "2026-11-27T02:00:00Z".parse().unwrap(),
            minutes: 60,
            place: Some("杭州; 三楼, 会议室".into()),
            attendees: [author, other].into(),
            answers: [(other, true)].into(),
            origin: Origin { source: None, rule: None, config: None, because: None, created_at: from_millis(0) },
        }
    }

    #[test]
    fn an_invitation_names_everybody_and_keeps_its_form_whatever_a_title_holds() {
        let id = MeetingId::derived("kickoff");
        let title = format!("交付启动会：{}\r\nATTENDEE:mailto:evil@example.com", "很长的名称".repeat(30));
        let meeting = meeting(&title);
        let name_of = |person| if person == meeting.author { "李\"雷\"".to_owned() } else { "韩梅, 总监".to_owned() };
        let ics = to_ics(&Invitation {
            id,
            meeting: &meeting,
            sequence: 2,
            customer: "杭州智联科技",
            contract: Some("HT20261124-AB12CD"),
            name_of: &name_of,
            now: from_millis(0),
        });
        assert!(ics.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{ics}");
        let lines = unfolded(&ics);
        for line in [
            "METHOD:REQUEST",
            "SEQUENCE:2",
            "DTSTART:20261127T020000Z",
            "DTEND:20261127T030000Z",
            "LOCATION:杭州\\; 三楼\\, 会议室",
            "DESCRIPTION:杭州智联科技\\nHT20261124-AB12CD",
            "STATUS:CONFIRMED",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line} in {lines:#?}");
        }
        assert!(lines.contains(&format!("UID:{id}@chuda")));
        assert!(lines.contains(&format!("ORGANIZER;CN=李'雷':urn:uuid:{}", meeting.author)), "{lines:#?}");
        let attendees: Vec<&String> = lines.iter().filter(|line| line.starts_with("ATTENDEE")).collect();
        assert_eq!(attendees.len(), 2, "{lines:#?}");
        let accepted = attendees.iter().find(|line| line.contains("CN=\"韩梅, 总监\"")).unwrap();
        assert!(accepted.contains("PARTSTAT=ACCEPTED") && accepted.contains("RSVP=TRUE"), "{accepted}");
    }

    #[test]
    fn the_sequence_rises_with_every_move_and_not_with_an_answer() {
        let actor = Actor { device: DeviceId::derived("phone"), incarnation: 0 };
        let mut doc = Doc::new();
        doc.write(actor, from_millis(0), &meeting("启动会").to_new_fields().unwrap()).unwrap();
        let mut after = |fields: Fields| {
            doc.write(actor, from_millis(1), &fields).unwrap();
            sequence(&doc.history())
        };
        assert_eq!(after(Fields::from([("answers/x".into(), Scalar::Bool(false))])), 0);
        assert_eq!(after(Fields::from([("at".into(), Scalar::Int(5))])), 1);
        assert_eq!(after(Fields::from([("place".into(), "online".into()), ("at".into(), Scalar::Int(6))])), 2);
    }
}
