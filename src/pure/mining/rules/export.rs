//! Rules as text for other programs: CSV, JSON and PMML.

use super::super::itemsets::json_string;
use super::super::names::Names;
use super::Rule;

/// A column of numbers beside the rules.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportColumn {
    /// Its name.
    pub name: String,
    /// One value for each rule.
    pub values: Vec<f64>,
}

/// Rules as lines of Borgelt's programs, `consequent <- antecedent (count, confidence)`, items divided by blanks, the confidence
/// in percent.
pub fn rules_fimi(rules: &[Rule], names: &Names) -> String {
    let side = |items: &[u32]| items.iter().map(|&item| names.get(item)).collect::<Vec<_>>().join(" ");
    let line = |rule: &Rule| {
        let percent = number(rule.counts.confidence() * 100.0, "");
        format!("{} <- {} ({}, {percent})\n", side(&rule.right), side(&rule.left), rule.counts.both)
    };
    rules.iter().map(line).collect()
}

/// Rules as lines of SPMF, `antecedent ==> consequent #SUP: count #CONF: confidence`.
pub fn rules_spmf(rules: &[Rule], names: &Names) -> String {
    let side = |items: &[u32]| items.iter().map(|&item| names.get(item)).collect::<Vec<_>>().join(" ");
    let line = |rule: &Rule| {
        let confidence = number(rule.counts.confidence(), "");
        format!("{} ==> {} #SUP: {} #CONF: {confidence}\n", side(&rule.left), side(&rule.right), rule.counts.both)
    };
    rules.iter().map(line).collect()
}

/// Rules as CSV: columns `antecedent` and `consequent`, items divided by `;`, then one for each of `columns`.
pub fn rules_csv(rules: &[Rule], names: &Names, columns: &[ExportColumn]) -> String {
    let mut text = String::from("antecedent,consequent");
    for column in columns {
        text.push(',');
        text.push_str(&csv_field(&column.name));
    }
    text.push('\n');
    let side = |items: &[u32]| csv_field(&items.iter().map(|&item| names.get(item)).collect::<Vec<_>>().join(";"));
    for (at, rule) in rules.iter().enumerate() {
        text.push_str(&side(&rule.left));
        text.push(',');
        text.push_str(&side(&rule.right));
        for column in columns {
            text.push_str(&format!(",{}", number(column.values[at], "")));
        }
        text.push('\n');
    }
    text
}

/// Rules as a JSON array of objects with the arrays `antecedent` and `consequent` and one number for each of `columns`;
/// what is no finite number is `null`.
pub fn rules_json(rules: &[Rule], names: &Names, columns: &[ExportColumn]) -> String {
    let side = |items: &[u32]| items.iter().map(|&item| json_string(names.get(item))).collect::<Vec<_>>().join(",");
    let objects: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| {
            let mut object = format!("{{\"antecedent\":[{}],\"consequent\":[{}]", side(&rule.left), side(&rule.right));
            for column in columns {
                object.push_str(&format!(",{}:{}", json_string(&column.name), number(column.values[at], "null")));
            }
            object + "}"
        })
        .collect();
    if objects.is_empty() { "[]\n".into() } else { format!("[\n{}\n]\n", objects.join(",\n")) }
}

/// Rules as a PMML 4.4 association model (Data Mining Group, "PMML 4.4 - Association Rules").
///
/// `min_support` and `min_confidence` are the thresholds that the rules were mined with.
pub fn pmml(rules: &[Rule], names: &Names, baskets: u64, min_support: f64, min_confidence: f64) -> String {
    let mut sets: Vec<&[u32]> = rules.iter().flat_map(|rule| [&rule.left[..], &rule.right[..]]).collect();
    sets.sort_unstable_by_key(|set| (set.len(), *set));
    sets.dedup();
    let mut items: Vec<u32> = sets.iter().flat_map(|set| set.iter().copied()).collect();
    items.sort_unstable();
    items.dedup();
    let set_id =
        |set: &[u32]| sets.binary_search_by_key(&(set.len(), set), |set| (set.len(), *set)).expect("all sides") + 1;

    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\">\n");
    text.push_str("  <Header description=\"association rules\">\n    <Application name=\"patron\"/>\n  </Header>\n");
    text.push_str("  <DataDictionary numberOfFields=\"2\">\n");
    text.push_str("    <DataField name=\"order\" optype=\"categorical\" dataType=\"string\"/>\n");
    text.push_str("    <DataField name=\"item\" optype=\"categorical\" dataType=\"string\"/>\n  </DataDictionary>\n");
    text.push_str(&format!(
        "  <AssociationModel functionName=\"associationRules\" numberOfTransactions=\"{baskets}\" numberOfItems=\"{}\" \
         minimumSupport=\"{min_support}\" minimumConfidence=\"{min_confidence}\" numberOfItemsets=\"{}\" \
         numberOfRules=\"{}\">\n",
        items.len(),
        sets.len(),
        rules.len()
    ));
    text.push_str("    <MiningSchema>\n      <MiningField name=\"order\" usageType=\"group\"/>\n");
    text.push_str("      <MiningField name=\"item\" usageType=\"active\"/>\n    </MiningSchema>\n");
    for &item in &items {
        text.push_str(&format!("    <Item id=\"{}\" value=\"{}\"/>\n", item + 1, xml(names.get(item))));
    }
    for (at, set) in sets.iter().enumerate() {
        text.push_str(&format!("    <Itemset id=\"{}\" numberOfItems=\"{}\">\n", at + 1, set.len()));
        for item in *set {
            text.push_str(&format!("      <ItemRef itemRef=\"{}\"/>\n", item + 1));
        }
        text.push_str("    </Itemset>\n");
    }
    for (at, rule) in rules.iter().enumerate() {
        text.push_str(&format!(
            "    <AssociationRule id=\"{}\" antecedent=\"{}\" consequent=\"{}\" support=\"{}\" confidence=\"{}\" lift=\"{}\"/>\n",
            at + 1,
            set_id(&rule.left),
            set_id(&rule.right),
            rule.counts.support(),
            rule.counts.confidence(),
            rule.counts.lift()
        ));
    }
    text.push_str("  </AssociationModel>\n</PMML>\n");
    text
}

fn number(value: f64, otherwise: &str) -> String {
    if value.is_finite() { value.to_string() } else { otherwise.to_owned() }
}

fn csv_field(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// An attribute's text; control characters that XML 1.0 forbids become the replacement character.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push_str(&format!("&#{};", c as u32)),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::Counts;
    use super::*;

    fn example() -> (Vec<Rule>, Names, Vec<ExportColumn>) {
        let rule = Rule { left: vec![0, 2], right: vec![1], counts: Counts { both: 2, left: 4, right: 5, total: 10 } };
        let names: Names = ["milk", "bread, \"white\" & <fresh>", "beer"].into_iter().collect();
        let columns = vec![
            ExportColumn { name: "lift".into(), values: vec![1.0] },
            ExportColumn { name: "boost".into(), values: vec![f64::INFINITY] },
        ];
        (vec![rule], names, columns)
    }

    #[test]
    fn csv_and_json_quote_what_needs_it() {
        let (rules, names, columns) = example();
        let csv = rules_csv(&rules, &names, &columns);
        assert_eq!(csv, "antecedent,consequent,lift,boost\nmilk;beer,\"bread, \"\"white\"\" & <fresh>\",1,\n");
        let json = rules_json(&rules, &names, &columns);
        let expected =
            r#"{"antecedent":["milk","beer"],"consequent":["bread, \"white\" & <fresh>"],"lift":1,"boost":null}"#;
        assert_eq!(json, format!("[\n{expected}\n]\n"));
    }

    #[test]
    fn lines_of_other_miners() {
        let (rules, names, _) = example();
        assert_eq!(rules_fimi(&rules, &names), "bread, \"white\" & <fresh> <- milk beer (2, 50)\n");
        assert_eq!(rules_spmf(&rules, &names), "milk beer ==> bread, \"white\" & <fresh> #SUP: 2 #CONF: 0.5\n");
    }

    #[test]
    fn pmml_refers_to_its_sets() {
        let (rules, names, _) = example();
        let text = pmml(&rules, &names, 10, 0.1, 0.5);
        assert!(text.contains("<Item id=\"2\" value=\"bread, &quot;white&quot; &amp; &lt;fresh&gt;\"/>"));
        assert!(text.contains("antecedent=\"2\" consequent=\"1\" support=\"0.2\" confidence=\"0.5\" lift=\"1\""));
        assert_eq!(text.matches("<Itemset ").count(), 2);
    }
}
