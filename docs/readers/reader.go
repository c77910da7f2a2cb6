// Package suppression asks a Quell suppression list before a mail is sent. Copy this file; docs/suppression-table.md is the contract
// it follows. Needs github.com/aws/aws-sdk-go-v2/service/dynamodb, golang.org/x/text and golang.org/x/net.
package suppression

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

type Status string

const (
	Suppressed Status = "suppressed"
	Clear      Status = "clear"
	// Unknown: the lookup failed, or the text is no address. Marketing mail waits, transactional mail is sent.
	Unknown Status = "unknown"
)

// Mail is what is about to be sent: of a scope ("<source>:<kind>:<id>", may be empty), or transactional.
type Mail struct {
	Scope         string
	Transactional bool
}

// Check asks about one address. Give ctx a deadline; the error says why the status is Unknown.
func Check(ctx context.Context, client *dynamodb.Client, table, email string, mail Mail) (Status, error) {
	address, ok := Normalise(email)
	if !ok {
		return Unknown, nil
	}
	key := map[string]types.AttributeValue{"recipient": &types.AttributeValueMemberS{Value: address}}
	answer, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: key})
	if err != nil {
		return Unknown, err
	}
	if IsSuppressed(answer.Item, time.Now().Unix(), mail) {
		return Suppressed, nil
	}
	return Clear, nil
}

// IsSuppressed is the whole rule; now in epoch seconds.
func IsSuppressed(item map[string]types.AttributeValue, now int64, mail Mail) bool {
	if mail.Transactional {
		return ends(item, "transactionalUntil") > now
	}
	if ends(item, "suppressedUntil") > now {
		return true
	}
	scopes, ok := item["scopes"].(*types.AttributeValueMemberM)
	return ok && ends(scopes.Value, mail.Scope) > now
}

func ends(attributes map[string]types.AttributeValue, name string) int64 {
	if number, ok := attributes[name].(*types.AttributeValueMemberN); ok {
		end, _ := strconv.ParseInt(number.Value, 10, 64)
		return end
	}
	return 0
}

var (
	lower = cases.Lower(language.Und)
	// UTS #46, non-transitional, without the rules for host names.
	uts46 = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
		idna.CheckHyphens(false), idna.CheckJoiners(true), idna.BidiRule(), idna.VerifyDNSLength(false))
	quoted = regexp.MustCompile(`^"[^\x{2028}\x{2029}]*"@`)
	// What no host name has. A number as the last label would make it an IP address.
	unfit = regexp.MustCompile(`[#/:<>?@\[\\\]^|%\s]|(^|\.)(\d+|0x[\da-f]*)$`)
)

// Normalise returns the form in which addresses are keys, or false where the text is not an address.
func Normalise(raw string) (string, bool) {
	if !utf8.ValidString(raw) || units(raw) > 1000 {
		return "", false
	}
	text := bracketed(strings.TrimFunc(norm.NFC.String(raw), isSpace))
	text = norm.NFC.String(lower.String(strings.TrimFunc(text, isSpace)))
	at := strings.LastIndex(text, "@")
	if at < 1 || units(text) > 320 || strings.IndexFunc(text, unicode.IsControl) >= 0 {
		return "", false
	}
	// White space only inside a quoted local part.
	if strings.IndexFunc(text, isSpace) >= 0 && (!quoted.MatchString(text[:at+1]) || strings.IndexFunc(text[at:], isSpace) >= 0) {
		return "", false
	}
	domain := normaliseDomain(strings.TrimSuffix(text[at+1:], "."))
	return text[:at+1] + domain, domain != ""
}

// bracketed returns what stands in the brackets at the end, where a display name may stand before them; quotes hide brackets.
func bracketed(text string) string {
	if !strings.HasSuffix(text, ">") {
		return text
	}
	open, quoted := -1, false
	for at := 0; at < len(text); at++ {
		switch char := text[at]; {
		case quoted && char == '\\':
			at++
		case char == '"':
			quoted = !quoted
		case char == '<' && !quoted:
			open = at
		}
	}
	if open < 0 || quoted {
		return text
	}
	return text[open+1 : len(text)-1]
}

// units is the length in UTF-16 units.
func units(text string) int {
	return len(utf16.Encode([]rune(text)))
}

func normaliseDomain(bare string) string {
	if strings.IndexFunc(bare, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return bare
	}
	mapped, err := uts46.ToASCII(bare)
	mapped = strings.TrimSuffix(mapped, ".")
	if err != nil || mapped == "" || unfit.MatchString(mapped) {
		return bare
	}
	return mapped
}

func isSpace(r rune) bool {
	return r == '\ufeff' || r != '\u0085' && unicode.IsSpace(r)
}
