import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.IDNA;
import java.text.Normalizer;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Asks a Quell suppression list before a mail is sent. Copy this file; docs/suppression-table.md is the contract it follows.
 * Needs software.amazon.awssdk:dynamodb and com.ibm.icu:icu4j (java.net.IDN is an older standard that makes other keys).
 */
public final class Reader {
  /** UNKNOWN: the lookup failed, or the text is no address. Marketing mail waits, transactional mail is sent. */
  public enum Status { SUPPRESSED, CLEAR, UNKNOWN }

  /** What is about to be sent: of a scope ("source:kind:id", may be null), or transactional. */
  public record Mail(String scope, boolean transactional) {
    public static final Mail MARKETING = new Mail(null, false);
    public static final Mail TRANSACTIONAL = new Mail(null, true);
  }

  private final DynamoDbClient client;
  private final String table;

  /** Give the client an apiCallTimeout: the SDK itself waits long. */
  public Reader(DynamoDbClient client, String table) {
    this.client = client;
    this.table = table;
  }

  public Status check(String email, Mail mail) {
    Optional<String> address = normalise(email);
    if (address.isEmpty()) return Status.UNKNOWN;
    var key = Map.of("recipient", AttributeValue.fromS(address.get()));
    try {
      var item = client.getItem(request -> request.tableName(table).key(key)).item();
      return isSuppressed(item, Instant.now().getEpochSecond(), mail) ? Status.SUPPRESSED : Status.CLEAR;
    } catch (SdkException failed) {
      return Status.UNKNOWN;
    }
  }

  /** The whole rule; now in epoch seconds. */
  static boolean isSuppressed(Map<String, AttributeValue> item, long now, Mail mail) {
    if (mail.transactional()) return ends(item, "transactionalUntil") > now;
    if (ends(item, "suppressedUntil") > now) return true;
    var scopes = item.get("scopes");
    return mail.scope() != null && scopes != null && scopes.hasM() && ends(scopes.m(), mail.scope()) > now;
  }

  private static long ends(Map<String, AttributeValue> attributes, String name) {
    var value = attributes.get(name);
    return value == null || value.n() == null ? 0 : Long.parseLong(value.n());
  }

  /** White space as the contract has it: not what strip() and \s take it to be. */
  private static final String SPACE = "[\\t\\n\\x0B\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]";
  private static final Pattern EDGES = Pattern.compile("^" + SPACE + "+|" + SPACE + "+\\z");
  private static final Pattern SPACED = Pattern.compile(SPACE);
  private static final Pattern QUOTED = Pattern.compile("\"[^\\u2028\\u2029]*\"@[^" + SPACE.substring(1) + "+");
  /** Control characters and lone surrogates. */
  private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cc}\\p{Cs}]");
  /** What no host name has. A number as the last label would make it an IP address. */
  private static final Pattern UNFIT = Pattern.compile("[#/:<>?@\\[\\\\\\]^|%\\s]|(^|\\.)(\\d+|0x[\\da-f]*)$");
  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);

  /** The form in which addresses are keys; empty where the text is not an address. */
  public static Optional<String> normalise(String raw) {
    if (raw.length() > 1000) return Optional.empty();
    String text = bracketed(EDGES.matcher(nfc(raw)).replaceAll(""));
    // Not String.toLowerCase: it takes another sigma for the last of a word.
    text = nfc(UCharacter.toLowerCase(Locale.ROOT, EDGES.matcher(text).replaceAll("")));
    int at = text.lastIndexOf('@');
    if (at < 1 || text.length() > 320 || FORBIDDEN.matcher(text).find()) return Optional.empty();
    if (SPACED.matcher(text).find() && !QUOTED.matcher(text).matches()) return Optional.empty();
    String domain = normaliseDomain(text.substring(at + 1));
    return domain.isEmpty() ? Optional.empty() : Optional.of(text.substring(0, at + 1) + domain);
  }

  /** What stands in the brackets at the end, where a display name may stand before them; quotes hide brackets. */
  private static String bracketed(String text) {
    int open = -1;
    boolean quoted = false;
    for (int at = 0; text.endsWith(">") && at < text.length(); at++) {
      char unit = text.charAt(at);
      if (quoted && unit == '\\') at++;
      else if (unit == '"') quoted = !quoted;
      else if (unit == '<' && !quoted) open = at;
    }
    return open == -1 || quoted ? text : text.substring(open + 1, text.length() - 1);
  }

  private static String normaliseDomain(String domain) {
    String bare = withoutLastDot(domain);
    if (bare.chars().allMatch(unit -> unit < 128)) return bare;
    var info = new IDNA.Info();
    String mapped = withoutLastDot(UTS46.nameToASCII(bare, new StringBuilder(), info).toString());
    // Rules for lengths and hyphens are for host names in DNS, not for keys.
    info.getErrors().removeAll(EnumSet.of(
        IDNA.Error.EMPTY_LABEL, IDNA.Error.LABEL_TOO_LONG, IDNA.Error.DOMAIN_NAME_TOO_LONG,
        IDNA.Error.LEADING_HYPHEN, IDNA.Error.TRAILING_HYPHEN, IDNA.Error.HYPHEN_3_4));
    return info.hasErrors() || mapped.isEmpty() || UNFIT.matcher(mapped).find() ? bare : mapped;
  }

  private static String nfc(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static String withoutLastDot(String domain) {
    return domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
  }
}
