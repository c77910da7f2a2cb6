import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the header fields of a one-click unsubscribe (RFC 8058) for a Quell stack. Copy this file; docs/unsubscribe.md is the contract
 * it follows. Needs the JDK only (17 or later), and can be checked against docs/unsubscribe-vectors.json.
 */
public final class Unsubscribe {
  private static final int MAX_LINE = 998;
  private static final Pattern BASE = Pattern.compile("(?i:https)://[\\w.-]+(:\\d+)?(/[\\w./~-]*)?");
  private static final Pattern KEY = Pattern.compile("quell_unsub_([A-Za-z0-9_-]{43})");
  private static final Pattern ADDRESS = Pattern.compile("[^\\p{Cc}]+@[^\\p{Cc}]+");
  private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cs}]");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Unsubscribe() {}

  /**
   * Two header fields. Keys: newest first, the first makes the token; scope: "all" for everything.
   *
   * @throws IllegalArgumentException where something is not what it should be; it quotes nothing
   */
  public static Map<String, String> headers(String address, String scope, List<String> keys, String baseUrl) {
    if (!BASE.matcher(baseUrl).matches())
      throw new IllegalArgumentException("baseUrl must be https://<host>, without a query");
    if (keys.isEmpty()) throw new IllegalArgumentException("no unsubscribe key was given");
    byte[] random = new byte[24];
    RANDOM.nextBytes(random);
    String token = seal(address, scope, Instant.now().getEpochSecond(), keys.get(0), random);
    String value = "<" + baseUrl.replaceAll("/+$", "") + "/u/v1/" + token + ">";
    if ("List-Unsubscribe: ".length() + value.length() > MAX_LINE)
      throw new IllegalArgumentException("the address and the scope are too long for one header line");
    return Map.of("List-Unsubscribe", value, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }

  /** The token. issuedAt: epoch seconds; random: 24 fresh random bytes. */
  static String seal(String address, String scope, long issuedAt, String key, byte[] random) {
    var form = KEY.matcher(key.trim());
    if (!form.matches()) throw new IllegalArgumentException("the first of the keys is no unsubscribe key");
    if (!ADDRESS.matcher(address).matches() || UNFIT.matcher(address).find())
      throw new IllegalArgumentException("the address is none");
    byte[] named = scope.equals("all") ? new byte[0] : scope.getBytes(StandardCharsets.UTF_8);
    if (scope.isEmpty() || named.length > 255 || UNFIT.matcher(scope).find())
      throw new IllegalArgumentException("a scope has 1 to 255 octets and no control characters");
    byte[] secret = Base64.getUrlDecoder().decode(form.group(1));
    byte[] recipient = address.getBytes(StandardCharsets.UTF_8);
    byte[] claims = ByteBuffer.allocate(5 + named.length + recipient.length)
        .putInt((int) issuedAt).put((byte) named.length).put(named).put(recipient).array();
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      byte[] keyId = Arrays.copyOf(digest.digest(join(ascii("quell unsubscribe key id"), secret)), 4);
      byte[] head = join(new byte[] {1}, keyId, random);
      var derive = Mac.getInstance("HmacSHA256");
      derive.init(new SecretKeySpec(secret, "HmacSHA256"));
      byte[] tokenKey = derive.doFinal(join(ascii("quell unsubscribe v1"), Arrays.copyOf(random, 12)));
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      var nonce = new GCMParameterSpec(128, random, 12, 12);
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(tokenKey, "AES"), nonce);
      cipher.updateAAD(head);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(join(head, cipher.doFinal(claims)));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this JDK lacks AES-GCM, HMAC or SHA-256", missing);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[]... parts) {
    var joined = new ByteArrayOutputStream();
    for (byte[] part : parts) joined.writeBytes(part);
    return joined.toByteArray();
  }
}
