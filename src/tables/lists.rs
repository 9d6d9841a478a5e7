//! Lists in forms that know none.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use serde_json::Value;

/// The same rows with each list as the text that JSON has for it, such as `["TEA + MUG","CAKE"]`.
///
/// # Errors
/// When a list holds what JSON cannot write.
pub fn lists_as_json(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let nested = |field: &Field| field.data_type().is_nested();
    let schema = batch.schema();
    if !schema.fields().iter().any(|field| nested(field)) {
        return Ok(batch.clone());
    }
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if nested(field) {
            fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true)));
            columns.push(as_json(field, column)?);
        } else {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn as_json(field: &Field, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let schema = Arc::new(Schema::new(vec![field.clone().with_name(CELL)]));
    let mut writer = arrow::json::ArrayWriter::new(Vec::new());
    writer.write(&RecordBatch::try_new(schema, vec![Arc::clone(column)])?)?;
    writer.finish()?;
    let rows: Vec<Value> =
        serde_json::from_slice(&writer.into_inner()).map_err(|e| ArrowError::JsonError(e.to_string()))?;
    let cells = rows.iter().enumerate().map(|(row, cells)| column.is_valid(row).then(|| cells[CELL].to_string()));
    Ok(Arc::new(cells.collect::<StringArray>()))
}

const CELL: &str = "cell";

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Int64Array, ListArray};
    use arrow::datatypes::Int64Type;

    use super::*;

    #[test]
    fn lists_become_json_and_the_rest_stays() {
        let sets =
            ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), Some(2)]), None, Some(vec![])]);
        let columns: [(&str, ArrayRef); 2] =
            [("n", Arc::new(Int64Array::from(vec![7, 8, 9]))), ("sets", Arc::new(sets))];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
        let told = lists_as_json(&batch.expect("of one length")).expect("JSON can write it");
        assert_eq!(told.column(0).as_primitive::<Int64Type>().values(), &[7, 8, 9]);
        let texts: Vec<Option<&str>> = told.column(1).as_string::<i32>().iter().collect();
        assert_eq!(texts, [Some("[1,2]"), None, Some("[]")]);
    }
}
