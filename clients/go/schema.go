// Strict JSON Schemas of a caller's types, and values of these types from JSON. Over 600 lines, as both mirror each
// other type by type.

package openaigrpc

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// This file of over 600 lines makes schemas, and reads replies by them: each kind of type has both side by side.

// The limits of OpenAI's strict mode.
const (
	maxSchemaDepth      = 10
	maxSchemaProperties = 5000
	maxSchemaEnum       = 1000
)

// Schema is a JSON Schema in OpenAI's strict mode, made from a type by [SchemaOf].
type Schema struct {
	name        string
	description string
	text        string
	root        *schemaType
}

// Name returns the name of the type.
func (s Schema) Name() string { return s.name }

// JSON returns the schema as text.
func (s Schema) JSON() string { return s.text }

// SchemaOf makes the strict JSON Schema of a type: a Protobuf message (a pointer, as generated) or a struct.
//
// Of a message, fields have their names in the proto, enums the names of their values (but for a zero that is
// unspecified), maps are lists of entries with `key` and `value`, and a oneof is an object with the one field that is
// set. A field that is `optional` may be null, and so may a message that leads back to the one around it. Of a struct the tag `json` names a field, `description` explains it,
// `enum` lists the values of a string, and a pointer may be null.
//
// The error says what strict mode can't express, such as google.protobuf.Struct or an interface.
func SchemaOf[T any](options ...SchemaOption) (Schema, error) {
	maker := &schemaMaker{made: map[any]*schemaType{}}
	for _, option := range options {
		if err := option(maker); err != nil {
			return Schema{}, err
		}
	}
	kind := reflect.TypeFor[T]()
	var root *schemaType
	var err error
	if message, ok := reflect.New(kind).Elem().Interface().(proto.Message); ok {
		root, err = maker.message(message.ProtoReflect().Descriptor(), "$")
	} else {
		for kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() != reflect.Struct {
			return Schema{}, fmt.Errorf("no schema of %s: give a Protobuf message or a struct", kind)
		}
		root, err = maker.goType(kind, "$")
	}
	if err != nil {
		return Schema{}, err
	}
	if root.kind != "object" {
		return Schema{}, fmt.Errorf("no schema of %s: it is not an object in JSON", root.name)
	}
	return maker.schema(root)
}

// MustSchema is [SchemaOf] for types that are known to have a schema; it panics where one has none.
func MustSchema[T any](options ...SchemaOption) Schema {
	schema, err := SchemaOf[T](options...)
	if err != nil {
		panic(err)
	}
	return schema
}

// SchemaOption sets how a schema is made.
type SchemaOption func(*schemaMaker) error

// WithComments describes messages and fields by the comments of their protos, which generated Go code does not
// have: a serialized FileDescriptorSet, as `buf build -o types.binpb` or `protoc --include_source_info
// --include_imports -o types.binpb` writes it.
func WithComments(descriptorSet []byte) SchemaOption {
	return func(maker *schemaMaker) error {
		set := &descriptorpb.FileDescriptorSet{}
		if err := proto.Unmarshal(descriptorSet, set); err != nil {
			return fmt.Errorf("invalid descriptor set: %w", err)
		}
		files, err := protodesc.NewFiles(set)
		if err != nil {
			return fmt.Errorf("invalid descriptor set: %w", err)
		}
		maker.comments = files
		return nil
	}
}

// schemaType is a type as JSON has it.
type schemaType struct {
	name        string
	reference   string // its name among the definitions
	description string
	kind        string // of JSON, or oneofKind
	format      string
	pattern     string
	enum        []string
	properties  []*schemaUse
	items       *schemaUse
	mapping     bool // the items are entries of a map
	recursive   bool
}

// oneofKind is an object with exactly one of its properties.
const oneofKind = "oneof"

// schemaUse is a type where it is used.
type schemaUse struct {
	*schemaType

	key      string
	about    string
	nullable bool
}

type schemaMaker struct {
	comments *protoregistry.Files
	made     map[any]*schemaType // by descriptor or Go type; those that are being made are there already
	open     []*schemaType
}

func (m *schemaMaker) schema(root *schemaType) (Schema, error) {
	count := 0
	if err := measure(root, 1, &count, map[*schemaType]bool{}, "$"); err != nil {
		return Schema{}, err
	}
	writer := &schemaWriter{root: root}
	writer.body(root)
	if definitions := m.recursive(root); len(definitions) > 0 {
		writer.text.Truncate(writer.text.Len() - 1)
		writer.text.WriteString(`,"$defs":{`)
		for index, each := range definitions {
			writer.comma(index)
			writer.json(each.reference)
			writer.text.WriteByte(':')
			writer.body(each)
		}
		writer.text.WriteString("}}")
	}
	return Schema{root.name, root.description, writer.text.String(), root}, nil
}

func (m *schemaMaker) recursive(root *schemaType) []*schemaType {
	var found []*schemaType
	for _, each := range m.made {
		if each.recursive && each != root {
			found = append(found, each)
		}
	}
	slices.SortFunc(found, func(one, other *schemaType) int { return strings.Compare(one.reference, other.reference) })
	return found
}

func measure(from *schemaType, depth int, count *int, seen map[*schemaType]bool, path string) error {
	if from.kind == "object" && depth > maxSchemaDepth {
		return fmt.Errorf("%s: more than %d levels of objects, which strict mode can't express", path, maxSchemaDepth)
	}
	if seen[from] {
		return nil
	}
	seen[from] = true
	defer delete(seen, from)
	if len(from.enum) > maxSchemaEnum {
		return fmt.Errorf("%s: more than %d values, which strict mode can't express", path, maxSchemaEnum)
	}
	for _, property := range from.properties {
		if *count++; *count > maxSchemaProperties {
			return fmt.Errorf("%s: more than %d properties, which strict mode can't express", path, maxSchemaProperties)
		}
		if err := measure(property.schemaType, depth+1, count, seen, path+"."+property.key); err != nil {
			return err
		}
	}
	if from.items != nil {
		return measure(from.items.schemaType, depth, count, seen, path+"[]")
	}
	return nil
}

// use returns a use of a type, and notes where a type is in itself.
func (m *schemaMaker) use(kind *schemaType, key string) *schemaUse {
	if slices.Contains(m.open, kind) {
		kind.recursive = true
	}
	return &schemaUse{schemaType: kind, key: key}
}

// begin notes that an object is being made.
func (m *schemaMaker) begin(of any, name string) *schemaType {
	made := &schemaType{name: schemaName(name), reference: name, kind: "object"}
	for _, other := range m.made { // two packages may have the name
		if other.reference == made.reference {
			made.reference = fmt.Sprintf("%s_%d", name, len(m.made))
			break
		}
	}
	m.made[of] = made
	m.open = append(m.open, made)
	return made
}

func (m *schemaMaker) end() { m.open = m.open[:len(m.open)-1] }

// schemaName keeps what a name may have: at most 64 of a-z, A-Z, 0-9, _ and -.
func schemaName(name string) string {
	mapped := strings.Map(func(char rune) rune {
		if char == '_' || char == '-' || (char < 128 && (char >= '0' && char <= '9' || char >= 'A' && char <= 'Z' || char >= 'a' && char <= 'z')) {
			return char
		}
		return '_'
	}, name)
	return mapped[:min(len(mapped), 64)]
}

func (m *schemaMaker) message(of protoreflect.MessageDescriptor, path string) (*schemaType, error) {
	if found := m.made[of]; found != nil {
		return found, nil
	}
	if known, ok := wellKnown[of.FullName()]; ok {
		if known == nil {
			return nil, fmt.Errorf("%s: %s has no fixed type, which strict mode can't express", path, of.FullName())
		}
		return known, nil
	}
	made := m.begin(of, string(of.FullName()))
	defer m.end()
	made.name = schemaName(string(of.Name()))
	made.description = m.comment(of)
	done := map[string]bool{}
	for index := range of.Fields().Len() {
		field := of.Fields().Get(index)
		var property *schemaUse
		var err error
		if oneof := field.ContainingOneof(); oneof == nil || oneof.IsSynthetic() {
			property, err = m.field(field, path+"."+string(field.Name()))
		} else if name := string(oneof.Name()); !done[name] {
			done[name] = true
			property, err = m.oneof(oneof, path+"."+name)
		}
		if err != nil {
			return nil, err
		}
		if property != nil {
			made.properties = append(made.properties, property)
		}
	}
	return made, nil
}

// oneof makes an object with the one field that is set, so that strict mode allows neither two nor none.
func (m *schemaMaker) oneof(of protoreflect.OneofDescriptor, path string) (*schemaUse, error) {
	made := &schemaType{kind: oneofKind}
	for index := range of.Fields().Len() {
		arm, err := m.field(of.Fields().Get(index), path+"."+string(of.Fields().Get(index).Name()))
		if err != nil {
			return nil, err
		}
		made.properties = append(made.properties, arm)
	}
	return &schemaUse{schemaType: made, key: string(of.Name()), about: m.comment(of)}, nil
}

// reaches tells whether a message has another one in it, however deep.
func reaches(from, target protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) bool {
	if from.FullName() == target.FullName() {
		return true
	}
	if seen[from.FullName()] {
		return false
	}
	seen[from.FullName()] = true
	for index := range from.Fields().Len() {
		if inner := from.Fields().Get(index).Message(); inner != nil && reaches(inner, target, seen) {
			return true
		}
	}
	return false
}

func (m *schemaMaker) field(field protoreflect.FieldDescriptor, path string) (*schemaUse, error) {
	value := field
	if field.IsMap() {
		value = field.MapValue()
	}
	kind, err := m.value(value, path)
	if err != nil {
		return nil, err
	}
	name := string(field.Name())
	property := m.use(kind, name)
	switch {
	case field.IsMap():
		key, err := m.value(field.MapKey(), path)
		if err != nil {
			return nil, err
		}
		property.key, property.nullable = "value", false
		property = mapUse(name, key, property)
	case field.IsList():
		property.key, property.nullable = "", false
		property = &schemaUse{schemaType: &schemaType{kind: "array", items: property}, key: name}
	default:
		property.nullable = nullable(field)
	}
	property.about = m.comment(field)
	return property, nil
}

// nullable tells whether a field may be absent. Of a oneof, no field is.
func nullable(field protoreflect.FieldDescriptor) bool {
	message := field.Message()
	if oneof := field.ContainingOneof(); oneof != nil && !oneof.IsSynthetic() {
		return false
	}
	if message == nil {
		return field.HasPresence() && field.Cardinality() != protoreflect.Required
	}
	wrapper := strings.HasPrefix(string(message.FullName()), "google.protobuf.") && strings.HasSuffix(string(message.Name()), "Value")
	return wrapper || field.HasOptionalKeyword() || reaches(message, field.ContainingMessage(), map[protoreflect.FullName]bool{})
}

func mapUse(name string, key *schemaType, value *schemaUse) *schemaUse {
	entry := &schemaType{kind: "object", properties: []*schemaUse{{schemaType: key, key: "key"}, value}}
	return &schemaUse{schemaType: &schemaType{kind: "array", mapping: true, items: &schemaUse{schemaType: entry}}, key: name}
}

var (
	textType    = &schemaType{kind: "string"}
	boolType    = &schemaType{kind: "boolean"}
	integerType = &schemaType{kind: "integer"}
	numberType  = &schemaType{kind: "number"}
	bytesType   = &schemaType{kind: "string", description: "Base64."}
	timeType    = &schemaType{kind: "string", format: "date-time"}

	wellKnown = map[protoreflect.FullName]*schemaType{
		"google.protobuf.Any":         nil,
		"google.protobuf.Struct":      nil,
		"google.protobuf.Value":       nil,
		"google.protobuf.ListValue":   nil,
		"google.protobuf.Timestamp":   timeType,
		"google.protobuf.Duration":    {kind: "string", pattern: `^-?[0-9]+(\.[0-9]{1,9})?s$`},
		"google.protobuf.FieldMask":   {kind: "string", description: "Names of fields in lowerCamelCase, with commas between them."},
		"google.protobuf.StringValue": textType,
		"google.protobuf.BytesValue":  bytesType,
		"google.protobuf.BoolValue":   boolType,
		"google.protobuf.Int32Value":  integerType,
		"google.protobuf.Int64Value":  integerType,
		"google.protobuf.UInt32Value": integerType,
		"google.protobuf.UInt64Value": integerType,
		"google.protobuf.FloatValue":  numberType,
		"google.protobuf.DoubleValue": numberType,
	}
)

func (m *schemaMaker) value(field protoreflect.FieldDescriptor, path string) (*schemaType, error) {
	switch field.Kind() {
	case protoreflect.StringKind:
		return textType, nil
	case protoreflect.BytesKind:
		return bytesType, nil
	case protoreflect.BoolKind:
		return boolType, nil
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return numberType, nil
	case protoreflect.EnumKind:
		return m.enum(field.Enum(), path)
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return m.message(field.Message(), path)
	}
	return integerType, nil
}

func (m *schemaMaker) enum(of protoreflect.EnumDescriptor, path string) (*schemaType, error) {
	made := &schemaType{kind: "string", description: m.comment(of)}
	for index := range of.Values().Len() {
		value := of.Values().Get(index)
		if value.Number() == 0 && strings.HasSuffix(string(value.Name()), "UNSPECIFIED") && of.Values().Len() > 1 {
			continue
		}
		made.enum = append(made.enum, string(value.Name()))
		if comment := m.comment(value); comment != "" {
			made.description = strings.TrimSpace(made.description + "\n" + string(value.Name()) + ": " + comment)
		}
	}
	if len(made.enum) == 0 {
		return nil, fmt.Errorf("%s: %s has no value", path, of.FullName())
	}
	return made, nil
}

func (m *schemaMaker) comment(of protoreflect.Descriptor) string {
	location := of.ParentFile().SourceLocations().ByDescriptor(of)
	if location.LeadingComments == "" && location.TrailingComments == "" && m.comments != nil {
		if found, err := m.comments.FindDescriptorByName(of.FullName()); err == nil {
			location = found.ParentFile().SourceLocations().ByDescriptor(found)
		}
	}
	return strings.Join(strings.Fields(location.LeadingComments+" "+location.TrailingComments), " ")
}

func (m *schemaMaker) goType(of reflect.Type, path string) (*schemaType, error) {
	if found := m.made[of]; found != nil {
		return found, nil
	}
	if of == reflect.TypeFor[time.Time]() {
		return timeType, nil
	}
	pointer := reflect.PointerTo(of)
	switch {
	case pointer.Implements(reflect.TypeFor[proto.Message]()):
		message, _ := reflect.New(of).Interface().(proto.Message)
		return nil, fmt.Errorf("%s: a struct can't have the Protobuf message %s in it: give one or the other", path, message.ProtoReflect().Descriptor().FullName())
	case pointer.Implements(reflect.TypeFor[json.Unmarshaler]()):
		return nil, fmt.Errorf("%s: %s reads its JSON itself, so its schema is not known", path, of)
	case pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return textType, nil
	}
	switch of.Kind() {
	case reflect.String:
		return textType, nil
	case reflect.Bool:
		return boolType, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return integerType, nil
	case reflect.Float32, reflect.Float64:
		return numberType, nil
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			return bytesType, nil
		}
		items, err := m.goUse(of.Elem(), "", path+"[]")
		if err != nil {
			return nil, err
		}
		return &schemaType{kind: "array", items: items}, nil
	case reflect.Map:
		if of.Key().Kind() != reflect.String {
			break
		}
		value, err := m.goUse(of.Elem(), "value", path+"[]")
		if err != nil {
			return nil, err
		}
		return mapUse("", textType, value).schemaType, nil
	case reflect.Struct:
		made := m.begin(of, of.Name())
		defer m.end()
		return made, m.goFields(of, made, path)
	}
	return nil, fmt.Errorf("%s: %s has no fixed type, which strict mode can't express", path, of)
}

func (m *schemaMaker) goUse(of reflect.Type, key, path string) (*schemaUse, error) {
	nullable := false
	for of.Kind() == reflect.Pointer {
		of, nullable = of.Elem(), true
	}
	kind, err := m.goType(of, path)
	if err != nil {
		return nil, err
	}
	made := m.use(kind, key)
	made.nullable = nullable
	return made, nil
}

func (m *schemaMaker) goFields(of reflect.Type, into *schemaType, path string) error {
	for index := range of.NumField() {
		field := of.Field(index)
		tag := field.Tag.Get("json")
		name, _, _ := strings.Cut(tag, ",")
		if tag == "-" || (!field.IsExported() && !field.Anonymous) {
			continue
		}
		if inner := field.Type; field.Anonymous && name == "" {
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				if err := m.goFields(inner, into, path); err != nil {
					return err
				}
				continue
			}
		}
		if name == "" {
			name = field.Name
		}
		property, err := m.goUse(field.Type, name, path+"."+name)
		if err != nil {
			return err
		}
		property.about = field.Tag.Get("description")
		if values := field.Tag.Get("enum"); values != "" {
			if property.kind != "string" {
				return fmt.Errorf("%s.%s: the tag enum is for strings", path, name)
			}
			property.schemaType = &schemaType{kind: "string", enum: strings.Split(values, ",")}
		}
		into.properties = append(into.properties, property)
	}
	return nil
}

// schemaWriter writes the keys in the order in which a model should.
type schemaWriter struct {
	root *schemaType
	text bytes.Buffer
}

func (w *schemaWriter) comma(index int) {
	if index > 0 {
		w.text.WriteByte(',')
	}
}

func (w *schemaWriter) json(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings and lists of them have JSON
	}
	w.text.Write(text)
}

func (w *schemaWriter) use(use *schemaUse) {
	switch {
	case use.nullable:
		w.text.WriteString(`{"anyOf":[`)
		w.use(&schemaUse{schemaType: use.schemaType})
		w.text.WriteString(`,{"type":"null"}]`)
		w.describe(use.about)
		w.text.WriteByte('}')
	case !use.recursive:
		w.value(use.schemaType, use.about)
	case use.about != "": // strict mode allows nothing besides a reference
		w.text.WriteString(`{"anyOf":[`)
		w.reference(use.schemaType)
		w.text.WriteByte(']')
		w.describe(use.about)
		w.text.WriteByte('}')
	default:
		w.reference(use.schemaType)
	}
}

func (w *schemaWriter) reference(to *schemaType) {
	reference := "#/$defs/" + to.reference
	if to == w.root {
		reference = "#"
	}
	w.text.WriteString(`{"$ref":`)
	w.json(reference)
	w.text.WriteByte('}')
}

func (w *schemaWriter) describe(about string) {
	if about != "" {
		w.text.WriteString(`,"description":`)
		w.json(about)
	}
}

func (w *schemaWriter) body(of *schemaType) { w.value(of, "") }

func (w *schemaWriter) value(of *schemaType, about string) {
	about = strings.TrimSpace(about + "\n" + of.description)
	if of.kind == oneofKind {
		w.text.WriteString(`{"anyOf":[`)
		for index, arm := range of.properties {
			w.comma(index)
			w.body(&schemaType{kind: "object", properties: []*schemaUse{arm}})
		}
		w.text.WriteByte(']')
		w.describe(about)
		w.text.WriteByte('}')
		return
	}
	w.text.WriteString(`{"type":`)
	w.json(of.kind)
	w.describe(about)
	if of.format != "" {
		w.text.WriteString(`,"format":`)
		w.json(of.format)
	}
	if of.pattern != "" {
		w.text.WriteString(`,"pattern":`)
		w.json(of.pattern)
	}
	if len(of.enum) > 0 {
		w.text.WriteString(`,"enum":[`)
		for index, each := range of.enum {
			w.comma(index)
			w.json(each)
		}
		w.text.WriteByte(']')
	}
	if of.items != nil {
		w.text.WriteString(`,"items":`)
		w.use(of.items)
	}
	if of.kind == "object" {
		w.text.WriteString(`,"properties":{`)
		for index, property := range of.properties {
			w.comma(index)
			w.json(property.key)
			w.text.WriteByte(':')
			w.use(property)
		}
		w.text.WriteString(`},"required":[`)
		for index, property := range of.properties {
			w.comma(index)
			w.json(property.key)
		}
		w.text.WriteString(`],"additionalProperties":false`)
	}
	w.text.WriteByte('}')
}

// check tells what a JSON value has that its type has not, and turns lists of entries into maps.
func (u *schemaUse) check(value any, path string) (any, error) {
	if value == nil {
		if u.nullable {
			return nil, nil
		}
		return nil, fmt.Errorf("%s is null", path)
	}
	wrong := fmt.Errorf("%s is not of the type %s", path, u.kind)
	switch u.kind {
	case "object":
		fields, ok := value.(map[string]any)
		if !ok {
			return nil, wrong
		}
		return value, u.checkObject(fields, path)
	case oneofKind:
		fields, _ := value.(map[string]any)
		for _, arm := range u.properties {
			if inner, found := fields[arm.key]; found && len(fields) == 1 {
				checked, err := arm.check(inner, path+"."+arm.key)
				return map[string]any{arm.key: checked}, err
			}
		}
		var names []string
		for _, arm := range u.properties {
			names = append(names, arm.key)
		}
		return nil, fmt.Errorf("%s must be an object with exactly one of %s", path, strings.Join(names, ", "))
	case "array":
		items, ok := value.([]any)
		if !ok {
			return nil, wrong
		}
		for index, item := range items {
			checked, err := u.items.check(item, fmt.Sprintf("%s[%d]", path, index))
			if err != nil {
				return nil, err
			}
			items[index] = checked
		}
		if u.mapping {
			return entries(items, path)
		}
		return items, nil
	case "string":
		text, ok := value.(string)
		if !ok {
			return nil, wrong
		}
		if len(u.enum) > 0 && !slices.Contains(u.enum, text) {
			return nil, fmt.Errorf("%s: must be one of %s", path, strings.Join(u.enum, ", "))
		}
	case "boolean":
		if _, ok := value.(bool); !ok {
			return nil, wrong
		}
	default:
		if _, ok := value.(json.Number); !ok {
			return nil, wrong
		}
	}
	return value, nil
}

func (t *schemaType) checkObject(fields map[string]any, path string) error {
	for key := range fields {
		if !slices.ContainsFunc(t.properties, func(property *schemaUse) bool { return property.key == key }) {
			return fmt.Errorf("%s.%s is not in the schema", path, key)
		}
	}
	for _, property := range t.properties {
		value, found := fields[property.key]
		if !found {
			return fmt.Errorf("%s.%s is missing", path, property.key)
		}
		checked, err := property.check(value, path+"."+property.key)
		if err != nil {
			return err
		}
		if arm, ok := checked.(map[string]any); ok && property.kind == oneofKind { // in Protobuf's JSON it has no name
			delete(fields, property.key)
			maps.Copy(fields, arm)
		} else {
			fields[property.key] = checked
		}
	}
	return nil
}

func entries(items []any, path string) (map[string]any, error) {
	made := map[string]any{}
	for index, item := range items {
		entry, _ := item.(map[string]any)
		key := fmt.Sprint(entry["key"])
		if _, twice := made[key]; twice {
			return nil, fmt.Errorf("%s[%d].key is there twice", path, index)
		}
		made[key] = entry["value"]
	}
	return made, nil
}

// read checks a JSON text and returns it as Protobuf's JSON, or as that of a struct.
func (s Schema) read(text string) ([]byte, error) {
	reader := json.NewDecoder(strings.NewReader(text))
	reader.UseNumber()
	var value any
	if err := reader.Decode(&value); err != nil {
		return nil, err
	}
	if reader.More() {
		return nil, errors.New("there is more than one JSON value")
	}
	checked, err := (&schemaUse{schemaType: s.root}).check(value, "$")
	if err != nil {
		return nil, err
	}
	return json.Marshal(checked)
}

func schemaText[S string | Schema](schema S) (string, *bool) {
	switch schema := any(schema).(type) {
	case string:
		return schema, nil
	case Schema:
		return schema.text, Ptr(true)
	}
	return "", nil
}
