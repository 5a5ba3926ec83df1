package io.github.openai_grpc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A JSON reader and writer that change no number and no string. Values are maps, lists, strings, booleans, null, and
 * {@link Num} for numbers.
 */
final class JsonText {
  private static final int MAX_DEPTH = 1000;
  private static final BigInteger INT_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger INT_END = BigInteger.ONE.shiftLeft(64);
  private static final int SHORT = 16; // characters with a point: at most 15 digits, which a double holds
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,20}");

  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /** A number, as it was written. */
  static final class Num {
    final String token;

    Num(String token) {
      this.token = token;
    }

    static Num of(long value) {
      return new Num(Long.toString(value));
    }

    static Num of(double value) {
      return new Num(shortest(value));
    }

    /** Whether the number has no point and no exponent, and takes at most 64 bits. */
    boolean isInteger() {
      if (!WHOLE.matcher(token).matches()) {
        return false;
      }
      BigInteger value = new BigInteger(token);
      return value.compareTo(INT_MIN) >= 0 && value.compareTo(INT_END) < 0;
    }

    /** Whether the number has a point or an exponent, and a double holds it exactly. */
    boolean isDouble() {
      if (token.indexOf('.') < 0 && token.indexOf('e') < 0 && token.indexOf('E') < 0) {
        return false;
      }
      if (token.length() <= SHORT && token.indexOf('e') < 0 && token.indexOf('E') < 0) {
        return true;
      }
      double value = Double.parseDouble(token);
      try {
        return Double.isFinite(value) && new BigDecimal(shortest(value)).compareTo(new BigDecimal(token)) == 0;
      } catch (NumberFormatException beyond) { // an exponent of more than 31 bits
        return false;
      }
    }

    double value() {
      return Double.parseDouble(token);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Num && ((Num) other).token.equals(token);
    }

    @Override
    public int hashCode() {
      return token.hashCode();
    }

    @Override
    public String toString() {
      return token;
    }
  }

  /** Returns the shortest decimal that reads as a double; {@link Double#toString} of Java before 19 is longer at times. */
  static String shortest(double value) {
    String text = Double.toString(value);
    if ((text.length() <= SHORT && text.indexOf('E') < 0) || !Double.isFinite(value)) {
      return text;
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal best = new BigDecimal(text).stripTrailingZeros();
    while (best.precision() > 1) {
      BigDecimal shorter = exact.round(new MathContext(best.precision() - 1));
      if (shorter.doubleValue() != value) {
        break;
      }
      best = shorter.stripTrailingZeros();
      text = best.toString();
    }
    return text;
  }

  /**
   * Returns the shortest decimal that reads as a float, as a double.
   *
   * @param value a finite float
   */
  static double shortest(float value) {
    BigDecimal best = new BigDecimal(Float.toString(value));
    if (best.precision() <= 6) {
      return best.doubleValue();
    }
    BigDecimal exact = new BigDecimal(value);
    for (int digits = Math.min(best.precision(), 9); digits > 0; digits--) {
      BigDecimal shorter = exact.round(new MathContext(digits));
      if (shorter.floatValue() != value) {
        break;
      }
      best = shorter;
    }
    return best.doubleValue();
  }

  /**
   * Reads a JSON text.
   *
   * @throws JsonException it is not JSON, or nested too deeply
   */
  static Object read(String text) {
    JsonText reader = new JsonText(text);
    reader.blanks();
    Object value = reader.value(0);
    reader.blanks();
    if (reader.at < text.length()) {
      throw reader.wrong("the end");
    }
    return value;
  }

  private Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw new JsonException("nested too deeply");
    }
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true", true);
      case 'f':
        return word("false", false);
      case 'n':
        return word("null", null);
      default:
        return number();
    }
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> found = new LinkedHashMap<>();
    at++;
    blanks();
    if (peek() == '}') {
      at++;
      return found;
    }
    while (true) {
      if (peek() != '"') {
        throw wrong("a key");
      }
      String key = string();
      blanks();
      expect(':');
      blanks();
      found.put(key, value(depth + 1));
      blanks();
      if (peek() == '}') {
        at++;
        return found;
      }
      expect(',');
      blanks();
    }
  }

  private List<Object> array(int depth) {
    List<Object> found = new ArrayList<>();
    at++;
    blanks();
    if (peek() == ']') {
      at++;
      return found;
    }
    while (true) {
      found.add(value(depth + 1));
      blanks();
      if (peek() == ']') {
        at++;
        return found;
      }
      expect(',');
      blanks();
    }
  }

  private String string() {
    int start = ++at;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\' && text.charAt(at) >= ' ') {
      at++;
    }
    if (peek() == '"') {
      return text.substring(start, at++);
    }
    StringBuilder found = new StringBuilder(text.substring(start, at));
    while (true) {
      char next = peek();
      if (next < ' ') {
        throw wrong("the end of a string");
      }
      at++;
      if (next == '"') {
        return found.toString();
      }
      found.append(next == '\\' ? escape() : next);
    }
  }

  private char escape() {
    char name = peek();
    at++;
    switch (name) {
      case '"':
      case '\\':
      case '/':
        return name;
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        int value = 0;
        for (int digit = 0; digit < 4; digit++, at++) {
          char hex = peek();
          int read = hex < 128 ? Character.digit(hex, 16) : -1;
          if (read < 0) {
            throw wrong("four hexadecimal digits");
          }
          value = value << 4 | read;
        }
        return (char) value;
      default:
        at--;
        throw wrong("an escape");
    }
  }

  private Num number() {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    int first = at;
    digits();
    if (text.charAt(first) == '0' && at > first + 1) {
      at = first + 1;
      throw wrong("no digit after 0");
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    return new Num(text.substring(start, at));
  }

  private void digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw wrong("a value");
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw wrong("a value");
    }
    at += word.length();
    return value;
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw new JsonException("not JSON: it ends too early");
    }
    return text.charAt(at);
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw wrong("'" + wanted + "'");
    }
    at++;
  }

  private JsonException wrong(String wanted) {
    return new JsonException("not JSON: expected " + wanted + " at character " + at);
  }

  /**
   * Writes a value as compact JSON text; also Java's own numbers.
   *
   * @throws IllegalArgumentException a value has no JSON
   */
  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof String) {
      quote((String) value, out);
    } else if (value instanceof Map) {
      char before = '{';
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        out.append(before);
        quote((String) entry.getKey(), out);
        out.append(':');
        write(entry.getValue(), out);
        before = ',';
      }
      out.append(before == '{' ? "{}" : "}");
    } else if (value instanceof Iterable) {
      char before = '[';
      for (Object item : (Iterable<?>) value) {
        out.append(before);
        write(item, out);
        before = ',';
      }
      out.append(before == '[' ? "[]" : "]");
    } else if (value == null || value instanceof Boolean || value instanceof Num || isWhole(value)) {
      out.append(value);
    } else if (value instanceof Number && Double.isFinite(((Number) value).doubleValue())) {
      out.append(value instanceof BigDecimal ? value : shortest(((Number) value).doubleValue()));
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass().getName() + ": use maps, lists and strings");
    }
  }

  private static boolean isWhole(Object value) {
    return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof BigInteger;
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    int done = 0;
    for (int index = 0; index < text.length(); index++) {
      char c = text.charAt(index);
      if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && index + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(index + 1))) {
        index++;
        continue;
      }
      out.append(text, done, index);
      done = index + 1;
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
    out.append(text, done, text.length()).append('"');
  }
}
