package openaigrpc

// Schema is a JSON Schema in OpenAI's strict mode, made from a type by [SchemaOf].
type Schema struct {
	name        string
	description string
	text        string
}

// JSON returns the schema as text.
func (s Schema) JSON() string { return s.text }

func schemaText[S string | Schema](schema S) (string, *bool) {
	switch schema := any(schema).(type) {
	case string:
		return schema, nil
	case Schema:
		return schema.text, Ptr(true)
	}
	return "", nil
}
