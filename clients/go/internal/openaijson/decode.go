// Reading of OpenAI's JSON. Over 600 lines, as fields, unions and what is kept beside them are read in one pass.

package openaijson

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Reading of JSON as messages, in one file of over 600 lines: every kind of field calls the others for what it holds.

// maxDepth is how many messages may be around a message: what Protobuf's parsers take in every language.
const maxDepth = 100

// Decode reads JSON text into an empty message. With keepNulls an explicit null of a known key is kept in
// extra_json, and values that a field holds only nearly don't fill it: what a request means is not guessed.
func Decode(data []byte, message proto.Message, keepNulls bool) (err error) {
	value, err := parse(string(data))
	if err != nil {
		return err
	}
	if err := inContract(message); err != nil {
		return err
	}
	defer func() {
		failure := recover()
		if _, deep := failure.(tooDeep); deep {
			err = tooDeep{}
		} else if failure != nil {
			panic(failure)
		}
	}()
	reader := &decoder{keepNulls: keepNulls}
	proto.Reset(message)
	if !reader.message(message.ProtoReflect(), value, 0) {
		return fmt.Errorf("%s can't hold this JSON value", message.ProtoReflect().Descriptor().FullName())
	}
	return nil
}

// tooDeep is the one failure that is not a value that a message can't hold.
type tooDeep struct{}

func (tooDeep) Error() string { return fmt.Sprintf("nested deeper than %d messages", maxDepth) }

type decoder struct{ keepNulls bool }

// message fills an empty message; false: the message can't hold the value.
func (d *decoder) message(into protoreflect.Message, value any, depth int) bool {
	if depth > maxDepth {
		panic(tooDeep{})
	}
	target := shapeOf(into.Descriptor())
	switch {
	case target.union != nil:
		return d.union(target, into, value, depth)
	case target.transparent:
		return d.put(target.fields[0], into, value, depth)
	}
	from, ok := value.(*object)
	return ok && d.object(target, into, from, depth)
}

func (d *decoder) object(target *shape, into protoreflect.Message, from *object, depth int) bool {
	kept := map[string]bool{}
	var order []string
	keep := func(key string) {
		if !kept[key] {
			kept[key] = true
			order = append(order, key)
		}
	}
	for _, each := range target.constants {
		if from.values[each.key] != any(each.value) {
			keep(each.key)
		}
	}
	seen := map[protoreflect.OneofDescriptor]bool{}
	inside := map[protoreflect.FieldDescriptor]protoreflect.Message{}
	unknown := false
	for _, key := range target.keys {
		fields := target.byKey[key]
		holder := into
		if at := fields[0].inside; at != nil {
			if !from.has(key) {
				continue
			}
			if inside[at] == nil {
				inside[at] = into.NewField(at).Message()
			}
			holder = inside[at]
		}
		if d.key(fields, holder, from, seen, depth) {
			keep(key)
		}
	}
	for _, inner := range target.inlines {
		made := inside[inner.descriptor]
		if made == nil || !hasContent(made, inner, from) {
			continue
		}
		if depth >= maxDepth {
			panic(tooDeep{})
		}
		into.Set(inner.descriptor, protoreflect.ValueOfMessage(made))
		for _, each := range inner.fields {
			if each.writeEmpty && !from.has(each.key) {
				keep(each.key)
			}
		}
	}
	for _, key := range from.keys {
		if !target.known[key] || (d.keepNulls && from.values[key] == nil) {
			unknown = true
		}
	}
	if len(order) == 0 && !unknown {
		return true
	}
	if target.extra == nil {
		return false
	}
	extra := newObject()
	for _, key := range from.keys {
		if item := from.values[key]; !target.known[key] || kept[key] || (d.keepNulls && item == nil) {
			extra.set(key, item)
		}
	}
	nulls := []any{}
	for _, key := range order {
		switch {
		case d.keepNulls && from.has(key) && from.values[key] == nil:
			extra.remove(key)
			nulls = append(nulls, key)
		case !extra.has(key):
			extra.set(key, nil)
		}
	}
	if len(nulls) > 0 {
		extra.set(nullsKey, nulls)
	}
	into.Set(target.extra, protoreflect.ValueOfString(string(write(nil, extra))))
	return true
}

// hasContent tells whether an inline message is there: one of its keys was taken.
func hasContent(made protoreflect.Message, inner inline, from *object) bool {
	filled := false
	made.Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool {
		filled = true
		return false
	})
	for _, each := range inner.fields { // an empty list is content where it is always written
		if value, found := from.values[each.key]; found && each.writeEmpty {
			filled = filled || (each.label == list && isEmptyList(value)) || (each.label == mapping && isEmptyObject(value))
		}
	}
	return filled
}

func isEmptyList(value any) bool {
	items, ok := value.([]any)
	return ok && len(items) == 0
}

func isEmptyObject(value any) bool {
	from, ok := value.(*object)
	return ok && len(from.keys) == 0
}

// key reads one key: the first field that can hold the value has it. It tells whether the key must be kept in
// extra_json all the same.
func (d *decoder) key(
	fields []*field, into protoreflect.Message, from *object, seen map[protoreflect.OneofDescriptor]bool, depth int,
) bool {
	key := fields[0].key
	always := slices.ContainsFunc(fields, func(each *field) bool { return each.writeEmpty })
	value, found := from.values[key]
	if !found {
		return always && fields[0].inside == nil
	}
	for _, each := range fields {
		if each.oneof != nil && seen[each.oneof] {
			continue
		}
		if each.kind == kindVector {
			if exact, ok := putVector(each, into, value); ok {
				return !exact
			}
			continue
		}
		if each.label != one && !each.writeEmpty && (isEmptyList(value) || isEmptyObject(value)) {
			continue
		}
		if each.label == one && (each.kind == kindMessage || each.kind == kindRaw) && value == nil {
			continue
		}
		levels := depth
		if each.inside != nil {
			levels++
		}
		if d.put(each, into, value, levels) {
			if each.oneof != nil {
				seen[each.oneof] = true
			}
			return false
		}
	}
	if !d.keepNulls {
		for _, each := range fields {
			if each.oneof == nil && putNear(each, into, value) {
				return true
			}
		}
	}
	return always || value != nil
}

// put gives a field a value that it holds exactly; false: it can't.
func (d *decoder) put(target *field, into protoreflect.Message, value any, depth int) bool {
	switch target.label {
	case list:
		items, ok := value.([]any)
		if !ok {
			return false
		}
		values := into.NewField(target.descriptor).List()
		for _, item := range items {
			made, ok := d.item(target, values.NewElement, item, depth+1)
			if !ok {
				return false
			}
			values.Append(made)
		}
		into.Set(target.descriptor, protoreflect.ValueOfList(values))
		return true
	case mapping:
		from, ok := value.(*object)
		if !ok {
			return false
		}
		values := into.NewField(target.descriptor).Map()
		for _, key := range from.keys {
			if strings.HasPrefix(key, rawKey) {
				return false
			}
			made, ok := d.item(target, values.NewValue, from.values[key], depth+2) // an entry is a message of its own
			if !ok {
				return false
			}
			values.Set(protoreflect.ValueOfString(key).MapKey(), made)
		}
		into.Set(target.descriptor, protoreflect.ValueOfMap(values))
		return true
	}
	if target.kind == kindVector {
		_, ok := putVector(target, into, value)
		return ok
	}
	made, ok := d.item(target, func() protoreflect.Value { return into.NewField(target.descriptor) }, value, depth+1)
	if ok {
		into.Set(target.descriptor, made)
	}
	return ok
}

// item reads a single value exactly.
func (d *decoder) item(
	target *field, empty func() protoreflect.Value, value any, depth int,
) (made protoreflect.Value, ok bool) {
	switch target.kind {
	case kindMessage:
		made = empty()
		return made, d.message(made.Message(), value, depth)
	case kindDataURL:
		made = empty()
		return made, dataURL(made.Message(), value)
	case kindRaw:
		return protoreflect.ValueOfString(string(write(nil, value))), true
	}
	return scalar(target.kind, value)
}

func scalar(kind kind, value any) (made protoreflect.Value, ok bool) {
	switch value := value.(type) {
	case string:
		switch kind {
		case kindString:
			return protoreflect.ValueOfString(value), true
		case kindBase64:
			data, ok := fromBase64(value)
			return protoreflect.ValueOfBytes(data), ok
		}
	case bool:
		return protoreflect.ValueOfBool(value), kind == kindBool
	case number:
		switch kind {
		case kindInt32:
			whole, ok := value.integer()
			return protoreflect.ValueOfInt32(int32(whole)), ok && whole == int64(int32(whole))
		case kindInt64:
			whole, ok := value.integer()
			return protoreflect.ValueOfInt64(whole), ok
		case kindDouble:
			float, exact := value.float()
			return protoreflect.ValueOfFloat64(float), exact
		}
	}
	return made, false
}

// putNear gives a field a value that it holds only nearly; the key stays in extra_json as well.
func putNear(target *field, into protoreflect.Message, value any) bool {
	if value == nil {
		return false
	}
	switch target.label {
	case one:
		made, ok := near(target.kind, value)
		if ok {
			into.Set(target.descriptor, made)
		}
		return ok
	case list:
		items, ok := value.([]any)
		if !ok {
			items = []any{value}
		}
		values := into.NewField(target.descriptor).List()
		for _, item := range items {
			made, ok := near(target.kind, item)
			if !ok {
				return false
			}
			values.Append(made)
		}
		if len(items) > 0 {
			into.Set(target.descriptor, protoreflect.ValueOfList(values))
		}
		return len(items) > 0
	}
	from, ok := value.(*object)
	if !ok || len(from.keys) == 0 {
		return false
	}
	values := into.NewField(target.descriptor).Map()
	for _, key := range from.keys {
		made, ok := near(target.kind, from.values[key])
		if !ok || strings.HasPrefix(key, rawKey) {
			return false
		}
		values.Set(protoreflect.ValueOfString(key).MapKey(), made)
	}
	into.Set(target.descriptor, protoreflect.ValueOfMap(values))
	return true
}

func near(kind kind, value any) (made protoreflect.Value, ok bool) {
	switch kind {
	case kindString:
		switch value := value.(type) {
		case nil:
			return made, false
		case string:
			return protoreflect.ValueOfString(value), true
		case rawString:
			return protoreflect.ValueOfString(replaced(value)), true
		}
		return protoreflect.ValueOfString(string(write(nil, value))), true
	case kindBool:
		switch value := value.(type) {
		case bool:
			return protoreflect.ValueOfBool(value), true
		case number:
			return protoreflect.ValueOfBool(value == "1"), value == "1" || value == "0"
		case string:
			lower := strings.ToLower(value)
			return protoreflect.ValueOfBool(lower == "true"), lower == "true" || lower == "false"
		}
	case kindInt32:
		whole, ok := nearInteger(value)
		return protoreflect.ValueOfInt32(int32(whole)), ok && whole == int64(int32(whole))
	case kindInt64:
		whole, ok := nearInteger(value)
		return protoreflect.ValueOfInt64(whole), ok
	case kindDouble:
		token, ok := numberIn(value)
		float, err := strconv.ParseFloat(token, 64)
		return protoreflect.ValueOfFloat64(float), ok && err == nil
	case kindBase64:
		if text, ok := value.(string); ok {
			text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(strings.Fields(text), ""))
			text = strings.TrimRight(text, "=")
			data, err := base64.RawStdEncoding.DecodeString(text)
			return protoreflect.ValueOfBytes(data), err == nil && text != ""
		}
	}
	return made, false
}

const numberLength = 64 // characters; no number that a double holds nearly needs more

// numberIn returns a number, or one in a string.
func numberIn(value any) (string, bool) {
	var token string
	switch value := value.(type) {
	case number:
		token = string(value)
	case string:
		token = value
	default:
		return "", false
	}
	read := &parser{text: token}
	if token == "" || len(token) > numberLength || (token[0] != '-' && (token[0] < '0' || token[0] > '9')) {
		return "", false
	}
	if _, err := read.number(); err != nil || read.at < len(token) {
		return "", false
	}
	return token, true
}

func nearInteger(value any) (int64, bool) {
	token, ok := numberIn(value)
	if !ok {
		return 0, false
	}
	if whole, err := strconv.ParseInt(token, 10, 64); err == nil {
		return whole, true
	}
	float, err := strconv.ParseFloat(token, 64)
	float = math.Trunc(float)
	return int64(float), err == nil && float >= -(1<<63) && float < 1<<63
}

// replaced reads a string with U+FFFD for lone surrogates.
func replaced(value rawString) string {
	var text strings.Builder
	for at := 1; at < len(value)-1; {
		read := &parser{text: string(value), at: at}
		if value[at] != '\\' {
			text.WriteByte(value[at])
			at++
			continue
		}
		size := 2
		if value[at+1] == 'u' {
			size = 6
		}
		if size == 6 && at+12 <= len(value) && value[at+6] == '\\' {
			read.text = `"` + string(value[at:at+12]) + `"`
			read.at = 0
			if pair, err := read.string(); err == nil {
				if pair, ok := pair.(string); ok {
					text.WriteString(pair)
					at += 12
					continue
				}
			}
		}
		read.text, read.at = `"`+string(value[at:at+size])+`"`, 0
		if part, err := read.string(); err == nil {
			if part, ok := part.(string); ok {
				text.WriteString(part)
			} else {
				text.WriteRune('\ufffd')
			}
		}
		at += size
	}
	return text.String()
}

var strict = base64.StdEncoding.Strict()

// fromBase64 reads standard base64, if encoding it again gives the same text.
func fromBase64(text string) ([]byte, bool) {
	data, err := strict.DecodeString(text)
	return data, err == nil && !strings.ContainsAny(text, "\r\n")
}

const base64Mark = ";base64,"

// dataURL reads data:<mime type>;base64,<data> as an InlineData.
func dataURL(into protoreflect.Message, value any) bool {
	text, ok := value.(string)
	if !ok {
		return false
	}
	text, ok = strings.CutPrefix(text, "data:")
	if !ok {
		return false
	}
	kind, encoded, found := strings.Cut(text, base64Mark)
	if !found || strings.Contains(kind, ",") {
		return false
	}
	data, ok := fromBase64(encoded)
	if !ok {
		return false
	}
	fields := into.Descriptor().Fields()
	if kind != "" {
		into.Set(fields.ByName("mime_type"), protoreflect.ValueOfString(kind))
	}
	into.Set(fields.ByName("data"), protoreflect.ValueOfBytes(data))
	return true
}

// The values of VectorEncoding.
const (
	encodingFloat32 = 1
	encodingFloat64 = 2
	encodingBase64  = 3
)

// putVector gives a field a vector, and tells whether it has exactly the numbers that were given.
func putVector(target *field, into protoreflect.Message, value any) (exact, ok bool) {
	vector := into.NewField(target.descriptor).List()
	encoding := protoreflect.EnumNumber(encodingBase64)
	exact = true
	switch value := value.(type) {
	case string:
		data, ok := fromBase64(value)
		if !ok || len(data)%4 != 0 {
			return false, false
		}
		for at := 0; at < len(data); at += 4 {
			float := math.Float32frombits(binary.LittleEndian.Uint32(data[at:]))
			vector.Append(protoreflect.ValueOfFloat32(float))
		}
	case []any:
		if len(value) == 0 {
			return false, false
		}
		wide, nearly, shortest, numbers := true, true, true, true
		for _, item := range value {
			token, ok := numberIn(item)
			double, err := strconv.ParseFloat(token, 64)
			float := float32(double)
			if !ok || err != nil || math.IsInf(float64(float), 0) {
				return false, false
			}
			_, isNumber := item.(number)
			numbers = numbers && isNumber
			wide = wide && sameNumber(token, floatText(float64(float), 64))
			nearly = nearly && float64(float) == double
			shortest = shortest && sameNumber(token, floatText(float64(float), 32))
			vector.Append(protoreflect.ValueOfFloat32(float))
		}
		encoding = encodingFloat32
		if wide || (nearly && !numbers) {
			encoding = encodingFloat64
		}
		exact = numbers && (wide || shortest)
	default:
		return false, false
	}
	if vector.Len() > 0 {
		into.Set(target.descriptor, protoreflect.ValueOfList(vector))
	}
	into.Set(encodingOf(target.descriptor), protoreflect.ValueOfEnum(encoding))
	return exact, true
}

func encodingOf(vector protoreflect.FieldDescriptor) protoreflect.FieldDescriptor {
	return vector.ContainingMessage().Fields().ByName(vector.Name() + "_encoding")
}

// union reads a value into the arm that takes it. The arm is chosen by the type of the value; for an object by
// its discriminator, and where that is absent, null or empty by the keys that it has. What no arm takes goes to
// the arm that holds raw JSON.
func (d *decoder) union(target *shape, into protoreflect.Message, value any, depth int) bool {
	var wanted jsonType
	switch value := value.(type) {
	case string:
		wanted = typeString
	case bool:
		wanted = typeBool
	case number:
		wanted = typeNumber
	case []any:
		wanted = typeList
	case *object:
		if d.taggedArm(target, into, value, depth) {
			return true
		}
	}
	if wanted != 0 {
		if d.attempt(target, target.arms().byType[wanted], into, value, depth) {
			return true
		}
	}
	if unknown := target.catchAll(); unknown != nil {
		return d.put(unknown, into, value, depth)
	}
	for _, arm := range target.fields {
		if arm.nested() && shapeOf(arm.message).catchAll() != nil {
			return d.put(arm, into, value, depth)
		}
	}
	return false
}

func (d *decoder) taggedArm(target *shape, into protoreflect.Message, from *object, depth int) bool {
	table := target.arms()
	tagged, untagged := table.tagged, table.untagged
	if len(tagged) == 0 {
		return d.attempt(target, untagged, into, from, depth)
	}
	value, found := from.values[target.tag]
	tag, isText := value.(string)
	if arm := tagged[tag]; isText && arm != nil && d.arm(target, arm, into, from, depth) {
		return true
	}
	if !found || value == nil || (isText && tag == "") {
		if d.attempt(target, untagged, into, from, depth) {
			return true
		}
	}
	return d.attempt(target, table.others, into, from, depth)
}

// arm reads an object into an arm.
func (d *decoder) arm(target *shape, arm *field, into protoreflect.Message, value any, depth int) bool {
	from, ok := value.(*object)
	if implied := target.impliedTag(arm); ok && implied != "" {
		value = withoutTag(from, target.tag, implied)
	}
	return d.put(arm, into, value, depth)
}

// attempt reads a value into the first arm that takes it.
func (d *decoder) attempt(target *shape, arms []*field, into protoreflect.Message, value any, depth int) bool {
	for _, arm := range arms {
		from, isObject := value.(*object)
		if slices.ContainsFunc(arm.has, func(key string) bool { return !isObject || !from.has(key) }) {
			continue
		}
		if !d.arm(target, arm, into, value, depth) {
			continue
		}
		if arm.nested() {
			inner := into.Get(arm.descriptor).Message()
			if unknown := shapeOf(arm.message).catchAll(); unknown != nil && inner.Has(unknown.descriptor) {
				into.Clear(arm.descriptor)
				continue
			}
		}
		return true
	}
	return false
}

// withoutTag returns an object without the discriminator that its arm stands for; an absent one is marked with a
// null.
func withoutTag(from *object, key, tag string) *object {
	made := newObject()
	for _, each := range from.keys {
		if each != key || from.values[each] != any(tag) {
			made.set(each, from.values[each])
		}
	}
	if from.values[key] != any(tag) {
		made.set(key, from.values[key])
	}
	return made
}
