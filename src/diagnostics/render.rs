//! How a problem looks on a terminal, in a log, in a test's golden file.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::Problem;

/// The pipeline file that spans point into.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// As the user named it.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl SourceText {
    /// Line and column (both from 1, columns in characters) of a byte offset.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..floor_char_boundary(&self.text, offset)];
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// One problem with its place marked by carets, its code, and what to do.
pub fn render(problem: &Problem, source: Option<&SourceText>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let title = Level::ERROR.primary_title(problem.message.as_str()).id(problem.code.word);
    let mut group = match (source, &problem.span) {
        (Some(source), Some(span)) => {
            let start = floor_char_boundary(&source.text, span.start.min(source.text.len()));
            let end = floor_char_boundary(&source.text, span.end.clamp(start, source.text.len()));
            let snippet = Snippet::source(source.text.as_str())
                .path(source.path.as_str())
                .annotation(AnnotationKind::Primary.span(start..end));
            title.element(snippet)
        }
        _ => annotate_snippets::Group::with_title(title),
    };
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// All problems, in the order of their places, with a closing line that counts them.
pub fn render_all(problems: &[Problem], source: Option<&SourceText>, colour: bool) -> String {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|p| p.span.as_ref().map_or(usize::MAX, |s| s.start));
    let mut out = String::new();
    for problem in &sorted {
        out.push_str(&render(problem, source, colour));
        out.push_str("\n\n");
    }
    let noun = if sorted.len() == 1 { "problem" } else { "problems" };
    out.push_str(&format!("{} {noun}; `patron explain CODE` says more about each code in brackets", sorted.len()));
    out
}

fn floor_char_boundary(text: &str, mut offset: usize) -> usize {
    offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::super::codes;
    use super::*;

    #[test]
    fn shows_file_line_column_caret_and_advice() {
        let source = SourceText { path: "shop.toml".into(), text: "[stage.a]\nkind = \"ingst\"\n".into() };
        let problem = Problem::new(&codes::UNKNOWN_KIND, "there is no stage kind `ingst`")
            .at(17..24)
            .help("did you mean `ingest`?".to_owned());
        let shown = render(&problem, Some(&source), false);
        assert!(shown.starts_with("error[unknown-kind]: there is no stage kind `ingst`"), "{shown}");
        assert!(shown.contains("--> shop.toml:2:8"), "{shown}");
        assert!(shown.contains("^^^^^^^"), "{shown}");
        assert!(shown.contains("did you mean `ingest`?"), "{shown}");
        assert_eq!(source.line_column(17), (2, 8));
    }

    #[test]
    fn a_span_past_the_end_does_not_panic() {
        let source = SourceText { path: "ü.toml".into(), text: "ü".into() };
        let problem = Problem::new(&codes::NOT_TOML, "broken").at(1..900);
        assert!(render(&problem, Some(&source), false).contains("broken"));
    }
}
