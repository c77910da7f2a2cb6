// Package unsubscribe makes the header fields of a one-click unsubscribe (RFC 8058) for a Quell stack. Copy this file;
// docs/unsubscribe.md is the contract it follows. Needs the standard library only, and can be checked against
// docs/unsubscribe-vectors.json.
package unsubscribe

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const maxLine = 998

var baseForm = regexp.MustCompile(`^(?i:https)://[\w.-]+(:\d+)?(/[\w./~-]*)?$`)

// Headers returns two header fields. Keys: newest first, the first makes the token; scope: "all" for everything. No error quotes
// what it was given.
func Headers(address, scope string, keys []string, baseURL string) (map[string]string, error) {
	if !baseForm.MatchString(baseURL) {
		return nil, errors.New("baseURL must be https://<host>, without a query")
	}
	if len(keys) == 0 {
		return nil, errors.New("no unsubscribe key was given")
	}
	random := make([]byte, 24)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	token, err := seal(address, scope, uint32(time.Now().Unix()), keys[0], random)
	if err != nil {
		return nil, err
	}
	value := "<" + strings.TrimRight(baseURL, "/") + "/u/v1/" + token + ">"
	if len("List-Unsubscribe: ")+len(value) > maxLine {
		return nil, errors.New("the address and the scope are too long for one header line")
	}
	return map[string]string{"List-Unsubscribe": value, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}, nil
}

// seal makes the token. issuedAt: epoch seconds; random: 24 fresh random bytes.
func seal(address, scope string, issuedAt uint32, key string, random []byte) (string, error) {
	encoded, found := strings.CutPrefix(strings.TrimSpace(key), "quell_unsub_")
	secret, err := base64.RawURLEncoding.DecodeString(encoded)
	if !found || err != nil || len(secret) != 32 {
		return "", errors.New("the first of the keys is no unsubscribe key")
	}
	if at := strings.LastIndex(address, "@"); at < 1 || at == len(address)-1 || !fit(address) {
		return "", errors.New("the address is none")
	}
	if scope == "" || len(scope) > 255 || !fit(scope) {
		return "", errors.New("a scope has 1 to 255 octets and no control characters")
	}
	if scope == "all" {
		scope = ""
	}
	keyID := sha256.Sum256(append([]byte("quell unsubscribe key id"), secret...))
	head := append(append([]byte{1}, keyID[:4]...), random...)
	derive := hmac.New(sha256.New, secret)
	derive.Write([]byte("quell unsubscribe v1"))
	derive.Write(random[:12])
	block, err := aes.NewCipher(derive.Sum(nil))
	if err != nil {
		return "", err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", err
	}
	claims := append(binary.BigEndian.AppendUint32(nil, issuedAt), byte(len(scope)))
	claims = append(append(claims, scope...), address...)
	return base64.RawURLEncoding.EncodeToString(append(head, gcm.Seal(nil, random[12:], claims, head)...)), nil
}

func fit(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, unicode.IsControl) < 0
}
