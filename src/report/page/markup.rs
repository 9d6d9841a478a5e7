//! Building HTML and SVG text: every element is closed and every value is escaped, by construction.

/// A growing piece of HTML.
///
/// Text and attribute values can only enter through methods that escape, so a product called `<script>` stays a name.
/// Void elements are written `<br/>`, which HTML accepts and which keeps the page well-formed XML.
#[derive(Default)]
pub(crate) struct Markup {
    out: String,
}

/// Attributes in the order in which they are written.
pub(crate) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Markup {
    /// An element with children.
    pub fn element(&mut self, tag: &str, attributes: Attributes, children: impl FnOnce(&mut Markup)) {
        self.start(tag, attributes);
        self.out.push('>');
        children(self);
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    /// An element that holds one text.
    pub fn leaf(&mut self, tag: &str, attributes: Attributes, text: &str) {
        self.element(tag, attributes, |m| m.text(text));
    }

    /// An element without children.
    pub fn empty(&mut self, tag: &str, attributes: Attributes) {
        self.start(tag, attributes);
        self.out.push_str("/>");
    }

    /// Escaped text.
    pub fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    /// Our own style sheet or script, which is written as it is.
    ///
    /// Takes only what is compiled into the program: no user value is `'static`.
    pub fn verbatim(&mut self, text: &'static str) {
        self.out.push_str(text);
    }

    pub fn finish(self) -> String {
        self.out
    }

    fn start(&mut self, tag: &str, attributes: Attributes) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(value, &mut self.out);
            self.out.push('"');
        }
    }
}

/// Escapes for both text and double-quoted attributes, and replaces control characters, which no browser shows and
/// which XML forbids, by U+FFFD. Bidirectional overrides go the same way: in a product name they would reorder the page.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(build: impl FnOnce(&mut Markup)) -> String {
        let mut m = Markup::default();
        build(&mut m);
        m.finish()
    }

    #[test]
    fn text_and_attributes_are_escaped() {
        let evil = "</td><script>alert('1') & \"2\"</script>";
        let html = built(|m| m.leaf("td", &[("title", evil)], evil));
        assert_eq!(html.matches('<').count(), 2, "{html}");
        assert!(
            html.starts_with("<td title=\"&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;) &amp; &quot;2&quot;"),
            "{html}"
        );
    }

    #[test]
    fn control_and_reordering_characters_become_visible() {
        assert_eq!(built(|m| m.text("a\u{0}b\u{202e}c\nd")), "a\u{fffd}b\u{fffd}c d");
    }

    #[test]
    fn elements_close_in_order() {
        let html = built(|m| {
            m.element("p", &[], |m| {
                m.text("one");
                m.empty("br", &[]);
                m.leaf("b", &[("class", "x")], "two");
            })
        });
        assert_eq!(html, "<p>one<br/><b class=\"x\">two</b></p>");
    }
}
