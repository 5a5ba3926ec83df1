// Package openaijson turns messages of openai_grpc.v1 into OpenAI's JSON and back, without loss.
//
// How a message maps to JSON is declared in the protos, by the options of openai_grpc.options.v1; nothing
// here knows a message by name. What the fields of a message can't hold stays in its extra_json.
package openaijson

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A JSON value is nil, bool, string, rawString, number, []any, *object, or in what is written a fragment.
type (
	// number is a number as it was written.
	number string
	// rawString is a string with a lone surrogate, which UTF-8 does not have, as it was written.
	rawString string
	// fragment is JSON text.
	fragment string
)

// object keeps the order of its keys.
type object struct {
	keys   []string
	values map[string]any
}

func newObject() *object { return &object{values: map[string]any{}} }

func (o *object) has(key string) bool {
	_, found := o.values[key]
	return found
}

func (o *object) set(key string, value any) {
	if !o.has(key) {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

func (o *object) remove(key string) {
	if !o.has(key) {
		return
	}
	delete(o.values, key)
	for index, each := range o.keys {
		if each == key {
			o.keys = append(o.keys[:index:index], o.keys[index+1:]...)
			return
		}
	}
}

const maxNesting = 1000

// parser reads JSON text (RFC 8259) without changing a number or a string.
type parser struct {
	text string
	at   int
}

func parse(text string) (any, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("not UTF-8")
	}
	p := &parser{text: text}
	value, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(p.text) {
		return nil, p.fail()
	}
	return value, nil
}

func (p *parser) fail() error { return fmt.Errorf("not JSON: unexpected text at byte %d", p.at) }

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) take(char byte) bool {
	if p.space(); p.at < len(p.text) && p.text[p.at] == char {
		p.at++
		return true
	}
	return false
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxNesting {
		return nil, errors.New("nested too deeply")
	}
	p.space()
	if p.at >= len(p.text) {
		return nil, p.fail()
	}
	switch char := p.text[p.at]; {
	case char == '{':
		return p.object(depth)
	case char == '[':
		return p.list(depth)
	case char == '"':
		return p.string()
	case char == '-' || (char >= '0' && char <= '9'):
		return p.number()
	}
	for word, value := range map[string]any{"null": nil, "true": true, "false": false} {
		if strings.HasPrefix(p.text[p.at:], word) {
			p.at += len(word)
			return value, nil
		}
	}
	return nil, p.fail()
}

func (p *parser) object(depth int) (any, error) {
	p.at++
	found := newObject()
	if p.take('}') {
		return found, nil
	}
	for {
		if p.space(); p.at >= len(p.text) || p.text[p.at] != '"' {
			return nil, p.fail()
		}
		key, err := p.string()
		if err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, p.fail()
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		switch key := key.(type) {
		case string:
			found.set(key, value)
		case rawString:
			found.set(rawKey+string(key), value)
		}
		if p.take('}') {
			return found, nil
		}
		if !p.take(',') {
			return nil, p.fail()
		}
	}
}

// rawKey begins a key that has a lone surrogate: no other key has this byte, which UTF-8 does not have.
const rawKey = "\xff"

func (p *parser) list(depth int) (any, error) {
	p.at++
	found := []any{}
	if p.take(']') {
		return found, nil
	}
	for {
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		found = append(found, value)
		if p.take(']') {
			return found, nil
		}
		if !p.take(',') {
			return nil, p.fail()
		}
	}
}

func (p *parser) string() (any, error) {
	start := p.at
	p.at++
	plain := p.at
	for p.at < len(p.text) && p.text[p.at] != '"' && p.text[p.at] != '\\' && p.text[p.at] >= ' ' {
		p.at++
	}
	if p.at < len(p.text) && p.text[p.at] == '"' {
		p.at++
		return p.text[plain : p.at-1], nil
	}
	var text strings.Builder
	text.WriteString(p.text[plain:p.at])
	lone := false
	for p.at < len(p.text) {
		char := p.text[p.at]
		switch {
		case char == '"':
			p.at++
			if lone {
				return rawString(p.text[start:p.at]), nil
			}
			return text.String(), nil
		case char < ' ':
			return nil, p.fail()
		case char != '\\':
			text.WriteByte(char)
			p.at++
			continue
		}
		p.at++
		if p.at >= len(p.text) {
			return nil, p.fail()
		}
		escape := p.text[p.at]
		p.at++
		if escape == 'u' {
			unit, ok := p.unit()
			if !ok {
				return nil, p.fail()
			}
			if utf16.IsSurrogate(unit) {
				lone = !p.pair(&unit) || lone
			}
			text.WriteRune(unit)
			continue
		}
		index := strings.IndexByte(`"\/bfnrt`, escape)
		if index < 0 {
			return nil, p.fail()
		}
		text.WriteByte("\"\\/\b\f\n\r\t"[index])
	}
	return nil, p.fail()
}

func (p *parser) unit() (rune, bool) {
	if p.at+4 > len(p.text) {
		return 0, false
	}
	value, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	p.at += 4
	return rune(value), err == nil
}

// pair reads the second half of a surrogate pair.
func (p *parser) pair(unit *rune) bool {
	if *unit >= 0xdc00 || !strings.HasPrefix(p.text[p.at:], `\u`) {
		return false
	}
	at := p.at
	p.at += 2
	second, ok := p.unit()
	if joined := utf16.DecodeRune(*unit, second); ok && joined != utf8.RuneError {
		*unit = joined
		return true
	}
	p.at = at
	return false
}

func (p *parser) number() (any, error) {
	start := p.at
	digits := func() bool {
		from := p.at
		for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			p.at++
		}
		return p.at > from
	}
	if p.text[p.at] == '-' {
		p.at++
	}
	whole := p.at
	if !digits() || (p.text[whole] == '0' && p.at > whole+1) {
		return nil, p.fail()
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		if p.at++; !digits() {
			return nil, p.fail()
		}
	}
	if p.at < len(p.text) && (p.text[p.at] == 'e' || p.text[p.at] == 'E') {
		if p.at++; p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		if !digits() {
			return nil, p.fail()
		}
	}
	return number(p.text[start:p.at]), nil
}

// write appends a value as compact JSON text.
func write(text []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(text, "null"...)
	case bool:
		return strconv.AppendBool(text, value)
	case string:
		return quote(text, value)
	case rawString:
		return append(text, value...)
	case number:
		return append(text, value...)
	case fragment:
		return append(text, value...)
	case []any:
		text = append(text, '[')
		for index, item := range value {
			if index > 0 {
				text = append(text, ',')
			}
			text = write(text, item)
		}
		return append(text, ']')
	case *object:
		text = append(text, '{')
		for index, key := range value.keys {
			if index > 0 {
				text = append(text, ',')
			}
			if raw, found := strings.CutPrefix(key, rawKey); found {
				text = append(text, raw...)
			} else {
				text = quote(text, key)
			}
			text = write(append(text, ':'), value.values[key])
		}
		return append(text, '}')
	}
	panic(fmt.Sprintf("%T is not a JSON value", value))
}

func quote(text []byte, value string) []byte {
	text = append(text, '"')
	start := 0
	for index := range len(value) {
		char := value[index]
		if char >= ' ' && char != '"' && char != '\\' {
			continue
		}
		text = append(text, value[start:index]...)
		start = index + 1
		switch at := strings.IndexByte("\"\\\b\f\n\r\t", char); {
		case at >= 0:
			text = append(text, '\\', `"\bfnrt`[at])
		default:
			text = fmt.Appendf(text, `\u%04x`, char)
		}
	}
	return append(append(text, value[start:]...), '"')
}

// decimal is a number without the ways to write it: 0.5, 5e-1 and 0.50 are equal.
type decimal struct {
	negative bool
	digits   string
	exponent int64
}

func decimalOf(text string) (decimal, bool) {
	var made decimal
	text, made.negative = strings.CutPrefix(text, "-")
	mantissa, exponent, found := strings.Cut(strings.ToLower(text), "e")
	if found {
		value, err := strconv.ParseInt(exponent, 10, 32)
		if err != nil {
			return made, false
		}
		made.exponent = value
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	made.exponent -= int64(len(fraction))
	made.digits = strings.TrimRight(digits, "0")
	made.exponent += int64(len(digits) - len(made.digits))
	if made.digits == "" {
		return decimal{}, true // -0 is 0
	}
	return made, true
}

// sameNumber tells whether two texts are the same number.
func sameNumber(one, other string) bool {
	first, ok := decimalOf(one)
	second, also := decimalOf(other)
	return ok && also && first == second
}

// float reads a number as a double, and tells whether that is exactly it.
func (n number) float() (float64, bool) {
	value, err := strconv.ParseFloat(string(n), 64)
	if err != nil || math.IsInf(value, 0) {
		return 0, false
	}
	return value, sameNumber(string(n), floatText(value, 64))
}

// integer reads a whole number that an int64 holds; 1.0 and 1e2 are whole.
func (n number) integer() (int64, bool) {
	if value, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return value, true
	}
	value, exact := n.float()
	if !exact || value != math.Trunc(value) || math.Abs(value) > 1<<53 {
		return 0, false
	}
	return int64(value), true
}

// floatText writes a number with the fewest digits that read back as it.
func floatText(value float64, bits int) string {
	format := byte('f')
	if abs := math.Abs(value); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(value, format, -1, bits)
}
