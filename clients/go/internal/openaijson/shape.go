package openaijson

import (
	"slices"
	"sort"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	options "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/options/v1"
)

const (
	extraName = "extra_json"
	// nullsKey lists in extra_json the keys that are null, of those whose null there says that they are absent.
	nullsKey = "openai_grpc.nulls"
)

// kind is what a single value of a field is in JSON. Where fields share a key, a lower kind is tried first.
type kind int

const (
	kindDataURL kind = iota
	kindBase64
	kindBool
	kindInt32
	kindInt64
	kindDouble
	kindString
	kindVector
	kindMessage
	kindRaw
)

type label int

const (
	one label = iota
	list
	mapping
)

// field is a field that is part of the JSON.
type field struct {
	descriptor protoreflect.FieldDescriptor
	key        string
	kind       kind
	label      label
	message    protoreflect.MessageDescriptor // the type of its values, if they are messages
	oneof      protoreflect.OneofDescriptor   // if it has more than one field
	writeEmpty bool
	tags, has  []string
	inside     protoreflect.FieldDescriptor // the inline message that has it; nil: the message itself
}

// inline is a field of one message whose fields are keys of the enclosing object.
type inline struct {
	descriptor protoreflect.FieldDescriptor
	fields     []*field
}

// constant is a key whose value is fixed.
type constant struct{ key, value string }

// shape is how a message maps to JSON.
type shape struct {
	fields      []*field // by number, without those of inline messages
	inlines     []inline
	constants   []constant
	extra       protoreflect.FieldDescriptor // keeps what the fields can't hold
	transparent bool
	union       protoreflect.OneofDescriptor // what a transparent message stands for
	tag         string                       // of the union

	keys    []string
	byKey   map[string][]*field // the most specific first
	known   map[string]bool     // keys that are not extra
	markers map[string]bool     // keys whose null in extra_json says only that the key is absent

	arms func() armTable // of a union; found when it is first needed, as unions refer to one another
}

var shapes sync.Map // protoreflect.FullName: *shape

func shapeOf(message protoreflect.MessageDescriptor) *shape {
	if found, ok := shapes.Load(message); ok {
		return found.(*shape)
	}
	found, _ := shapes.LoadOrStore(message, newShape(message))
	return found.(*shape)
}

func newShape(message protoreflect.MessageDescriptor) *shape {
	told, _ := proto.GetExtension(message.Options(), options.E_JsonMessage).(*options.JsonMessage)
	made := &shape{transparent: told.GetTransparent(), tag: "type"}
	for _, each := range told.GetConstants() {
		made.constants = append(made.constants, constant{each.GetKey(), each.GetValue()})
	}
	for index := range message.Fields().Len() {
		descriptor := message.Fields().Get(index)
		told := jsonOf(descriptor)
		switch {
		case told.GetForm() == options.JsonForm_JSON_FORM_EXTRA:
			if descriptor.Name() == extraName {
				made.extra = descriptor
			}
		case descriptor.Number() >= 900 && descriptor.Number() < 1000: // the gateway's own
		case told.GetInline():
			inner := inline{descriptor: descriptor}
			for _, each := range shapeOf(descriptor.Message()).fields {
				copied := *each
				copied.inside = descriptor
				inner.fields = append(inner.fields, &copied)
			}
			made.inlines = append(made.inlines, inner)
		default:
			made.fields = append(made.fields, newField(descriptor, told))
		}
	}
	sort.Slice(made.fields, func(i, j int) bool {
		return made.fields[i].descriptor.Number() < made.fields[j].descriptor.Number()
	})
	sort.Slice(made.inlines, func(i, j int) bool {
		return made.inlines[i].descriptor.Number() < made.inlines[j].descriptor.Number()
	})
	if made.transparent {
		for index := range message.Oneofs().Len() {
			if oneof := message.Oneofs().Get(index); !oneof.IsSynthetic() {
				made.union = oneof
				if told, _ := proto.GetExtension(oneof.Options(), options.E_JsonOneof).(*options.JsonOneof); told.GetTag() != "" {
					made.tag = told.GetTag()
				}
				break
			}
		}
	}
	made.index()
	made.arms = sync.OnceValue(made.armTable)
	return made
}

func (s *shape) index() {
	all := slices.Clone(s.fields)
	for _, inner := range s.inlines {
		all = append(all, inner.fields...)
	}
	s.byKey, s.known, s.markers = map[string][]*field{}, map[string]bool{}, map[string]bool{}
	for _, each := range all {
		if !s.known[each.key] {
			s.keys = append(s.keys, each.key)
		}
		s.known[each.key] = true
		s.byKey[each.key] = append(s.byKey[each.key], each)
		if each.writeEmpty {
			s.markers[each.key] = true
		}
	}
	for _, fields := range s.byKey {
		sort.SliceStable(fields, func(i, j int) bool { return fields[i].kind < fields[j].kind })
	}
	for _, each := range s.constants {
		s.known[each.key], s.markers[each.key] = true, true
	}
}

func jsonOf(descriptor protoreflect.FieldDescriptor) *options.JsonField {
	told, _ := proto.GetExtension(descriptor.Options(), options.E_Json).(*options.JsonField)
	return told
}

func newField(descriptor protoreflect.FieldDescriptor, told *options.JsonField) *field {
	made := &field{
		descriptor: descriptor, key: string(descriptor.Name()), writeEmpty: told.GetWriteEmpty(),
		tags: told.GetTag(), has: told.GetHas(),
	}
	if told.GetName() != "" {
		made.key = told.GetName()
	}
	value := descriptor
	switch {
	case descriptor.IsMap():
		made.label, value = mapping, descriptor.MapValue()
	case descriptor.IsList():
		made.label = list
	}
	made.kind = kindOf(value, told.GetForm())
	if made.kind == kindMessage {
		made.message = value.Message()
	}
	if oneof := descriptor.ContainingOneof(); oneof != nil && oneof.Fields().Len() > 1 {
		made.oneof = oneof
	}
	return made
}

func kindOf(value protoreflect.FieldDescriptor, form options.JsonForm) kind {
	switch form {
	case options.JsonForm_JSON_FORM_RAW:
		return kindRaw
	case options.JsonForm_JSON_FORM_BASE64:
		return kindBase64
	case options.JsonForm_JSON_FORM_DATA_URL:
		return kindDataURL
	case options.JsonForm_JSON_FORM_VECTOR:
		return kindVector
	}
	switch value.Kind() {
	case protoreflect.StringKind:
		return kindString
	case protoreflect.BoolKind:
		return kindBool
	case protoreflect.Int32Kind:
		return kindInt32
	case protoreflect.Int64Kind:
		return kindInt64
	case protoreflect.DoubleKind:
		return kindDouble
	case protoreflect.BytesKind:
		return kindBase64
	case protoreflect.MessageKind:
		return kindMessage
	}
	panic(string(value.FullName()) + " has a type that has no JSON")
}

// nested tells whether an arm of a union is a union.
func (f *field) nested() bool { return f.message != nil && shapeOf(f.message).union != nil }

// catchAll returns the arm of a union that holds any JSON value, as text.
func (s *shape) catchAll() *field {
	for _, arm := range s.fields {
		if arm.kind == kindRaw {
			return arm
		}
	}
	return nil
}

// impliedTag returns the discriminator that an arm alone stands for, as its message has no key for it.
func (s *shape) impliedTag(arm *field) string {
	if len(arm.tags) == 0 || arm.message == nil {
		return ""
	}
	if inner := shapeOf(arm.message); inner.transparent || inner.known[s.tag] {
		return ""
	}
	return arm.tags[0]
}

// tagsOf returns the discriminators that choose an arm, or an arm of the union that it is.
func tagsOf(arm *field, key string) []string {
	if arm.message == nil {
		return nil
	}
	inner := shapeOf(arm.message)
	tags := slices.Clone(arm.tags)
	if len(tags) == 0 {
		for _, each := range inner.constants {
			if each.key == key {
				tags = append(tags, each.value)
			}
		}
	}
	if inner.union != nil && inner.tag == key {
		for _, each := range inner.fields {
			tags = append(tags, tagsOf(each, key)...)
		}
	}
	return tags
}

// jsonType is a type of JSON values that an arm may take.
type jsonType int

const (
	typeString jsonType = 1 << iota
	typeBool
	typeNumber
	typeList
	typeObject
)

// takes returns the types that an arm may take, apart from an arm that takes all.
func takes(arm *field) jsonType {
	switch arm.label {
	case list:
		return typeList
	case mapping:
		return typeObject
	}
	switch arm.kind {
	case kindDataURL, kindBase64, kindString:
		return typeString
	case kindBool:
		return typeBool
	case kindInt32, kindInt64, kindDouble:
		return typeNumber
	case kindVector:
		return typeList
	case kindRaw:
		return 0
	}
	inner := shapeOf(arm.message)
	if !inner.transparent {
		return typeObject
	}
	var all jsonType
	for _, each := range inner.fields {
		all |= takes(each)
	}
	return all
}

// armTable is which arms of a union are tried, in their order.
type armTable struct {
	byType   map[jsonType][]*field // of values that are not objects
	tagged   map[string]*field     // by the discriminator
	untagged []*field              // of objects without one
	others   []*field              // of objects whose discriminator chose none
}

func (s *shape) armTable() armTable {
	table := armTable{byType: map[jsonType][]*field{}, tagged: map[string]*field{}}
	for _, wanted := range []jsonType{typeString, typeBool, typeNumber, typeList} {
		var arms []*field
		for _, arm := range s.fields {
			if takes(arm)&wanted != 0 {
				arms = append(arms, arm)
			}
		}
		if wanted != typeList {
			sort.SliceStable(arms, func(i, j int) bool { return arms[i].kind < arms[j].kind })
		}
		table.byType[wanted] = arms
	}
	var having, nested, plain []*field
	for _, arm := range s.fields {
		if takes(arm)&typeObject == 0 {
			continue
		}
		tags := tagsOf(arm, s.tag)
		for _, tag := range tags {
			if table.tagged[tag] == nil {
				table.tagged[tag] = arm
			}
		}
		switch {
		case len(arm.has) > 0:
			having = append(having, arm)
		case arm.nested():
			nested = append(nested, arm)
		case len(tags) == 0:
			plain = append(plain, arm)
		}
	}
	table.untagged = slices.Concat(having, nested, plain)
	for _, arm := range table.untagged {
		foreign := arm.nested() && shapeOf(arm.message).tag != s.tag
		if foreign || (len(arm.has) == 0 && s.catchAll() == nil) {
			table.others = append(table.others, arm)
		}
	}
	return table
}
