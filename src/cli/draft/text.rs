//! TOML as people write it: lines, comments, aligned settings, long tables in several lines.

/// Columns after which a table goes on in the next line.
const WIDTH: usize = 110;

/// A text in the making.
#[derive(Debug, Default)]
pub struct Page {
    text: String,
    unsure: Vec<String>,
}

impl Page {
    /// A line.
    pub fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A line of comment; line ends in it become blanks.
    pub fn comment(&mut self, text: &str) {
        let flat: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        self.line(&format!("# {flat}"));
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A comment on what a person should look at.
    pub fn unsure(&mut self, what: &str) {
        self.comment(&format!("UNSURE: {what}"));
        self.unsure.push(what.to_owned());
    }

    /// A stage with its settings, aligned.
    pub fn stage(&mut self, name: &str, settings: &[(&str, String)]) {
        self.blank();
        self.stage_here(name, settings);
    }

    /// The same right behind a comment.
    pub fn stage_here(&mut self, name: &str, settings: &[(&str, String)]) {
        self.line(&format!("[stage.{name}]"));
        let width = settings.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        for (key, value) in settings {
            self.line(&format!("{key:<width$} = {value}"));
        }
    }

    /// The text, and what to look at.
    pub fn finish(self) -> (String, Vec<String>) {
        (self.text, self.unsure)
    }
}

/// A text in quotes, as TOML reads it back.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// A text that is not ours in quotes: a `${` in it stands for itself and for no variable.
pub fn foreign(text: &str) -> String {
    quoted(&text.replace("${", "$${"))
}

/// A list of texts, each written as it is.
pub fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// An inline table; `indent` is where its entries begin.
pub fn table(entries: &[(String, String)], indent: usize) -> String {
    let mut lines = vec![String::new()];
    for (at, (key, value)) in entries.iter().enumerate() {
        let entry = format!("{} = {value}{}", bare(key), if at + 1 < entries.len() { "," } else { "" });
        let last = lines.last_mut().expect("one line at least");
        if !last.is_empty() && last.chars().count() + entry.chars().count() + indent > WIDTH {
            lines.push(entry);
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(&entry);
        }
    }
    format!("{{ {} }}", lines.join(&format!("\n{}", " ".repeat(indent + 2))))
}

/// A key as it stands, in quotes where it must.
fn bare(key: &str) -> String {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if plain { key.to_owned() } else { quoted(key) }
}
