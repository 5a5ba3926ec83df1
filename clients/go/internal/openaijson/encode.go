package openaijson

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Error is a message that has no JSON.
type Error struct {
	// Path is where, in Protobuf's field names: messages[2].content. Empty for the whole message.
	Path string
	// Reason quotes names of fields, never values.
	Reason string
}

// Error returns the path and the reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// at puts a step before the path of an error.
func at(step string, err error) error {
	var failure *Error
	if !errors.As(err, &failure) {
		return &Error{step, err.Error()}
	}
	if failure.Path != "" {
		step += "." + failure.Path
	}
	return &Error{step, failure.Reason}
}

// Encode writes a message as compact JSON text. The error is an [*Error].
func Encode(message proto.Message) ([]byte, error) {
	if err := inContract(message); err != nil {
		return nil, err
	}
	value, err := encode(message.ProtoReflect())
	if err != nil {
		return nil, err
	}
	return write(nil, value), nil
}

// inContract refuses messages of others, whose fields may have types that have no JSON here.
func inContract(message proto.Message) error {
	if message == nil {
		return &Error{"", "no message"}
	}
	descriptor := message.ProtoReflect().Descriptor()
	if !strings.HasPrefix(string(descriptor.FullName()), "openai_grpc.") {
		return &Error{"", fmt.Sprintf("%s is not a message of the contract: use protojson for it", descriptor.FullName())}
	}
	return nil
}

func encode(from protoreflect.Message) (any, error) {
	source := shapeOf(from.Descriptor())
	switch {
	case source.union != nil:
		return encodeUnion(source, from)
	case source.transparent:
		target := source.fields[0]
		if target.label == one && !from.Has(target.descriptor) {
			return nil, noValue(from)
		}
		return fieldValue(target, from)
	}
	made := newObject()
	for _, each := range source.constants {
		made.set(each.key, each.value)
	}
	if err := encodeFields(source, from, made); err != nil {
		return nil, err
	}
	return made, encodeExtra(source, from, made)
}

func encodeUnion(source *shape, from protoreflect.Message) (any, error) {
	chosen := from.WhichOneof(source.union)
	for _, arm := range source.fields {
		if arm.descriptor != chosen {
			continue
		}
		value, err := fieldValue(arm, from)
		if made, ok := value.(*object); ok && err == nil {
			if implied := source.impliedTag(arm); implied != "" {
				value = withTag(made, source.tag, implied)
			}
		}
		return value, err
	}
	return nil, noValue(from)
}

func noValue(from protoreflect.Message) error {
	return &Error{"", fmt.Sprintf("%s is empty: one of its fields must be set", from.Descriptor().FullName())}
}

// withTag adds the discriminator that an arm stands for: what withoutTag took away.
func withTag(made *object, key, tag string) *object {
	value, found := made.values[key]
	switch {
	case !found:
		tagged := newObject()
		tagged.set(key, tag)
		for _, each := range made.keys {
			tagged.set(each, made.values[each])
		}
		return tagged
	case value == nil:
		made.remove(key)
	}
	return made
}

func encodeFields(source *shape, from protoreflect.Message, into *object) error {
	for _, each := range source.fields {
		if err := encodeField(each, from, into); err != nil {
			return err
		}
	}
	for _, inner := range source.inlines {
		if !from.Has(inner.descriptor) {
			continue
		}
		holder := from.Get(inner.descriptor).Message()
		for _, each := range inner.fields {
			if err := encodeField(each, holder, into); err != nil {
				return at(string(inner.descriptor.Name()), err)
			}
		}
	}
	return nil
}

func encodeField(target *field, from protoreflect.Message, into *object) error {
	if !from.Has(target.descriptor) {
		switch {
		case target.kind == kindVector && from.Get(encodingOf(target.descriptor)).Enum() == encodingBase64:
			into.set(target.key, "")
		case target.writeEmpty && !into.has(target.key):
			if target.label == mapping {
				into.set(target.key, newObject())
			} else {
				into.set(target.key, []any{})
			}
		}
		return nil
	}
	value, err := fieldValue(target, from)
	if err != nil {
		return err
	}
	if into.has(target.key) && !isEmptyList(into.values[target.key]) && !isEmptyObject(into.values[target.key]) {
		reason := fmt.Sprintf("another field that is %q in JSON is set as well: set only one of them", target.key)
		return &Error{string(target.descriptor.Name()), reason}
	}
	into.set(target.key, value)
	return nil
}

func fieldValue(target *field, from protoreflect.Message) (any, error) {
	name := string(target.descriptor.Name())
	value := from.Get(target.descriptor)
	switch {
	case target.kind == kindVector:
		return vectorValue(target, from)
	case target.label == list:
		items := make([]any, value.List().Len())
		for index := range items {
			item, err := single(target, value.List().Get(index))
			if err != nil {
				return nil, at(fmt.Sprintf("%s[%d]", name, index), err)
			}
			items[index] = item
		}
		return items, nil
	case target.label == mapping:
		made := newObject()
		var failed error
		value.Map().Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
			item, err := single(target, value)
			if err != nil {
				failed = at(fmt.Sprintf("%s[%q]", name, key.String()), err)
			}
			made.set(key.String(), item)
			return err == nil
		})
		return made, failed
	}
	item, err := single(target, value)
	if err != nil {
		return nil, at(name, err)
	}
	return item, nil
}

func single(target *field, value protoreflect.Value) (any, error) {
	switch target.kind {
	case kindMessage:
		return encode(value.Message())
	case kindString:
		return value.String(), nil
	case kindBool:
		return value.Bool(), nil
	case kindInt32, kindInt64:
		return number(fmt.Sprint(value.Int())), nil
	case kindDouble:
		return finite(value.Float(), 64)
	case kindBase64:
		return strict.EncodeToString(value.Bytes()), nil
	case kindDataURL:
		fields := value.Message().Descriptor().Fields()
		kind := value.Message().Get(fields.ByName("mime_type")).String()
		return "data:" + kind + base64Mark + strict.EncodeToString(value.Message().Get(fields.ByName("data")).Bytes()), nil
	}
	// Unchecked, the caller's text could close its key and open others.
	if _, err := parse(value.String()); err != nil {
		return nil, err
	}
	return fragment(value.String()), nil
}

func finite(value float64, bits int) (any, error) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return nil, &Error{"", "JSON has no such number"}
	}
	return number(floatText(value, bits)), nil
}

func vectorValue(target *field, from protoreflect.Message) (any, error) {
	values := from.Get(target.descriptor).List()
	encoding := from.Get(encodingOf(target.descriptor)).Enum()
	if encoding == encodingBase64 {
		data := make([]byte, 0, 4*values.Len())
		for index := range values.Len() {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(values.Get(index).Float())))
		}
		return strict.EncodeToString(data), nil
	}
	bits := 32
	if encoding == encodingFloat64 {
		bits = 64
	}
	items := make([]any, values.Len())
	for index := range items {
		item, err := finite(values.Get(index).Float(), bits)
		if err != nil {
			return nil, at(fmt.Sprintf("%s[%d]", target.descriptor.Name(), index), err)
		}
		items[index] = item
	}
	return items, nil
}

// encodeExtra adds the keys of extra_json, which override typed fields. A null for a constant, or for a list or
// map that is otherwise always written, says that the key is absent; those that are null are listed.
func encodeExtra(source *shape, from protoreflect.Message, into *object) error {
	if source.extra == nil || !from.Has(source.extra) {
		return nil
	}
	text := from.Get(source.extra).String()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	value, err := parse(text)
	if err != nil {
		return at(extraName, err)
	}
	keys, ok := value.(*object)
	if !ok {
		return &Error{extraName, "not a JSON object"}
	}
	// A typed list or map that has something in it is neither null nor absent.
	isOpen := func(key string) bool {
		present := into.values[key]
		return slices.ContainsFunc(source.constants, func(each constant) bool { return each.key == key }) ||
			present == nil || isEmptyList(present) || isEmptyObject(present)
	}
	if nulls, ok := source.nulls(keys.values[nullsKey]); ok {
		keys.remove(nullsKey)
		for _, key := range nulls {
			if isOpen(key) {
				into.set(key, nil)
			}
		}
	}
	for _, key := range keys.keys {
		if item := keys.values[key]; item != nil || !source.markers[key] {
			into.set(key, item)
		} else if isOpen(key) {
			into.remove(key)
		}
	}
	return nil
}

// nulls reads the list of keys that are null; false: it is something else.
func (s *shape) nulls(value any) ([]string, bool) {
	items, _ := value.([]any)
	keys := make([]string, 0, len(items))
	for _, item := range items {
		key, ok := item.(string)
		if !ok || !s.markers[key] {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, len(keys) > 0
}
