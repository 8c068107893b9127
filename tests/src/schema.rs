//! The JSON Schema of reports, and the part of its rules that needs no library: which keys exist, which are
//! required, and the types and forms of values. Conditions are checked by Python's `jsonschema`, which
//! `tests/run` runs as well.

use serde_json::Value;

/// The schema, as it is published.
pub const SCHEMA: &str = include_str!("../../schema/report-1.schema.json");

/// The schema.
///
/// # Panics
///
/// If it is not JSON.
pub fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

/// What a document has that the schema does not allow; empty if it is valid.
pub fn violations(document: &Value) -> Vec<String> {
    let schema = schema();
    let mut violations = Vec::new();
    validate_value(document, &schema, &schema, "document", &mut violations);
    violations
}

fn validate_value(
    value: &Value,
    schema: &Value,
    root: &Value,
    place: &str,
    violations: &mut Vec<String>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#'));
        let target = target.unwrap_or_else(|| panic!("the schema has no {reference}"));
        validate_value(value, target, root, place, violations);
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        violations.push(format!("{place}: {value} is none of {allowed:?}"));
    }
    if let Some(constant) = schema.get("const")
        && constant != value
    {
        violations.push(format!("{place}: {value} is not {constant}"));
    }
    if !is_of_type(value, &schema["type"]) {
        violations.push(format!("{place}: {value} is not a {}", schema["type"]));
    }
    if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("{64}"))
        && !value.as_str().is_some_and(is_digest)
    {
        violations.push(format!("{place}: {value} is not a SHA-256"));
    }
    for choice in ["oneOf", "anyOf"] {
        let Some(branches) = schema[choice].as_array() else { continue };
        let fits = |branch: &&Value| {
            let mut found = Vec::new();
            validate_value(value, branch, root, place, &mut found);
            found.is_empty()
        };
        if !branches.iter().any(|branch| fits(&branch)) {
            violations.push(format!("{place}: {value} matches none of {choice}"));
        }
    }
    if let Some(fields) = value.as_object() {
        validate_fields(fields, schema, root, place, violations);
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            validate_value(item, schema, root, &format!("{place}[{index}]"), violations);
        }
    }
}

fn validate_fields(
    fields: &serde_json::Map<String, Value>,
    schema: &Value,
    root: &Value,
    place: &str,
    violations: &mut Vec<String>,
) {
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(required) {
            violations.push(format!("{place}: {required} is missing"));
        }
    }
    for (name, value) in fields {
        let place = format!("{place}.{name}");
        match (&schema["properties"][name], schema.get("additionalProperties")) {
            (Value::Null, Some(Value::Bool(false))) => {
                violations.push(format!("{place} is not declared"));
            }
            (Value::Null, Some(other)) => validate_value(value, other, root, &place, violations),
            (Value::Null, None) => {}
            (declared, _) => validate_value(value, declared, root, &place, violations),
        }
    }
}

fn is_of_type(value: &Value, types: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the schema has an unknown type: {other}"),
    };
    match types {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
