#include "certs/stranger.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "certs/text/ascii.hpp"
#include "certs/text/base64.hpp"
#include "certs/text/shell_word.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBlanks = " \t\r\n";

struct Kind {
    std::string_view begins;
    std::string_view is;  ///< goes on after "FILE is "
    std::string_view remedy;
};

constexpr std::string_view kAskForPkcs12 = "Export the certificate and its key as PKCS#12 (.p12).";
constexpr std::string_view kUnpack = "Unpack it, and name the file in it.";

/// What begins with these very bytes.
constexpr Kind kBinary[] = {
    {"\xa1\xf8\x4e"sv, "an auto-login wallet of Oracle (cwallet.sso)",
     "Take ewallet.p12, which lies beside it and is PKCS#12, with the wallet's password."},
    {"PK\x03\x04"sv, "a ZIP archive", kUnpack},
    {"\x1f\x8b"sv, "compressed with gzip", kUnpack},
};

/// What begins with this text, behind a byte order mark and blanks.
constexpr Kind kText[] = {
    {"PuTTY-User-Key-File-", "a private key of PuTTY",
     "Convert it with: puttygen FILE -O private-openssh -o id && ssh-keygen -p -m PKCS8 -f id; and "
     "get a certificate for it, since TLS needs one."},
    {"ssh-", "a public key of OpenSSH",
     "TLS needs a certificate and its private key, in PEM, PKCS#12 or JKS."},
    {"ecdsa-sha2-", "a public key of OpenSSH",
     "TLS needs a certificate and its private key, in PEM, PKCS#12 or JKS."},
    {"{", "JSON", "Take the certificate or the key store out of it (jq -r .NAME FILE)."},
    {"[", "JSON", "Take the certificate or the key store out of it (jq -r '.[0].NAME' FILE)."},
    {"Certificate:", "a certificate as text for readers, without the certificate itself",
     "Write it with openssl x509 -in CERTIFICATE without -text, or without -noout."},
};

std::string_view without_front(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    return text;
}

LoadError stranger(const std::string& where, std::string_view is, std::string remedy) {
    LoadError error{LoadErrorCode::not_recognised, where, "", std::move(remedy)};
    error.cause = where + " ";
    error.cause += is;
    return error;
}

/// Of a kind in a table. FILE in its remedy stands for the file's name.
LoadError stranger(const std::string& where, const Kind& kind) {
    std::string remedy{kind.remedy};
    if (const std::size_t at = remedy.find("FILE"); at != remedy.npos) {
        remedy.replace(at, 4, shell_word(where));
    }
    return stranger(where, std::string{"is "}.append(kind.is), std::move(remedy));
}

constexpr Kind kBks{
    "", "a key store of BouncyCastle of the kind BKS",
    "Convert it with: keytool -importkeystore -srckeystore FILE -srcstoretype BKS -destkeystore "
    "new.p12 -deststoretype PKCS12 -providerpath bcprov.jar -provider "
    "org.bouncycastle.jce.provider.BouncyCastleProvider"};
constexpr Kind kUber{
    "", "a key store of BouncyCastle of the kind UBER",
    "Convert it with: keytool -importkeystore -srckeystore FILE -srcstoretype UBER -destkeystore "
    "new.p12 -deststoretype PKCS12 -providerpath bcprov.jar -provider "
    "org.bouncycastle.jce.provider.BouncyCastleProvider"};
constexpr Kind kBcfks{
    "", "a key store of BouncyCastle of the kind BCFKS",
    "Convert it with: keytool -importkeystore -srckeystore FILE -srcstoretype BCFKS -destkeystore "
    "new.p12 -deststoretype PKCS12 -providerpath bcprov.jar -provider "
    "org.bouncycastle.jce.provider.BouncyCastleProvider"};

/// BKS and UBER have the same head: a version, 20 bytes of salt, a count of iterations. The entries
/// of BKS follow in the clear, each behind a kind from 1 to 4 and an alias of less than 256 bytes.
std::optional<Kind> bouncy_castle(std::string_view bytes) {
    constexpr std::size_t kHead = 4 + 4 + 20 + 4;
    const bool has_version = bytes.starts_with("\0\0\0\x01"sv) || bytes.starts_with("\0\0\0\x02"sv);
    if (!has_version || bytes.size() <= kHead || bytes.substr(4, 4) != "\0\0\0\x14"sv)
        return std::nullopt;
    const auto entry = static_cast<unsigned char>(bytes[kHead]);
    const bool is_clear =
        entry == 0 || (entry <= 4 && bytes.size() > kHead + 1 && bytes[kHead + 1] == '\0');
    return is_clear ? kBks : kUber;
}

/// What is inside of `depth` sequences of DER, of which each is the first thing in the one before.
std::string_view inside_sequences(std::string_view bytes, int depth) {
    for (; depth > 0; --depth) {
        if (bytes.size() < 2 || bytes[0] != '\x30') return {};
        const auto length = static_cast<unsigned char>(bytes[1]);
        const std::size_t more = length < 0x80 ? 0 : length & 0x7fU;
        if (more > 4 || bytes.size() < 2 + more) return {};
        bytes.remove_prefix(2 + more);
    }
    return bytes;
}

std::optional<Kind> der(std::string_view bytes) {
    const std::string_view inside = inside_sequences(bytes, 3);
    // PBES2: the rest of the store is encrypted by it.
    if (inside.starts_with("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"sv)) {
        return kBcfks;
    }
    // The version with which a certificate begins, one sequence further in than in a certificate.
    if (inside.starts_with("\xa0\x03\x02\x01"sv)) {
        return Kind{
            "", "a PKIPath, Java's encoding of a chain of certificates",
            "Write its certificates as PEM or as PKCS#7 (in Java: "
            "CertPath.getEncoded(\"PKCS7\"))."};
    }
    return std::nullopt;
}

/// The first bytes of what a text is the base64 of; empty where it is none.
std::string front_of_base64(std::string_view text) {
    constexpr std::size_t kLooked = 64;
    std::string digits;
    bool ended = false;
    for (const char c : text) {
        if (kBlanks.find(c) != kBlanks.npos) continue;
        ended = ended || c == '=';
        if (ended ? c != '=' : base64_value(c) < 0) return {};
        if (digits.size() < kLooked && !ended) digits += c;
    }
    digits.resize(digits.size() - digits.size() % 4);
    std::array<char, kLooked> bytes{};
    const std::optional<std::size_t> size = decode_base64(digits, bytes);
    return size ? std::string{bytes.data(), *size} : std::string{};
}

std::optional<LoadError> base64(std::string_view text, const std::string& where) {
    const std::string front = front_of_base64(text);
    std::string_view store;
    std::string_view name;
    if (front.starts_with("\xfe\xed\xfe\xed"sv)) {
        store = "JKS";
        name = "store.jks";
    } else if (front.starts_with("\xce\xce\xce\xce"sv)) {
        store = "JCEKS";
        name = "store.jceks";
    } else if (inside_sequences(front, 1).starts_with("\x02\x01\x03"sv)) {
        store = "PKCS#12";
        name = "store.p12";
    } else if (!inside_sequences(front, 2).empty()) {
        return stranger(
            where, "is base64 of DER, without the BEGIN and END lines of PEM",
            "Decode it with: base64 -di " + shell_word(where) + " > decoded.der"
        );
    } else {
        return std::nullopt;
    }
    std::string remedy = "Decode it with: base64 -di " + shell_word(where) + " > ";
    remedy += name;
    return stranger(where, std::string{"is base64 of a key store in "}.append(store), remedy);
}

LoadError utf16(const std::string& where) {
    return stranger(
        where, "is text in UTF-16",
        "Convert it with: iconv -f UTF-16 -t UTF-8 " + shell_word(where) + " > new.pem"
    );
}

}  // namespace

LoadError name_stranger(ByteView bytes, const std::string& where, const std::string& expected) {
    const std::string_view all = as_text(bytes);
    const std::string_view text = without_front(all);
    if (text.empty()) {
        const char* const is = all.empty() ? "is empty" : "holds nothing but blanks";
        return stranger(where, is, "Get a new copy of it.");
    }
    if (all.starts_with("\xff\xfe"sv) || all.starts_with("\xfe\xff"sv)) return utf16(where);
    for (const Kind& kind : kBinary) {
        if (all.starts_with(kind.begins)) return stranger(where, kind);
    }
    if (const auto kind = bouncy_castle(all)) return stranger(where, *kind);
    if (const auto kind = der(all)) return stranger(where, *kind);
    // A sign-in page, saved under the name of the file that was asked for.
    if (text.starts_with('<')) {
        return stranger(
            where, "seems to be a web page (HTML), since it begins with '<'",
            "Download the file again; where the site asks for a sign-in, sign in first."
        );
    }
    for (const Kind& kind : kText) {
        if (text.starts_with(kind.begins)) return stranger(where, kind);
    }
    if (auto error = base64(text, where)) return std::move(*error);
    // IBM's format says nothing in its first bytes that others do not: its name has to do.
    if (where.ends_with(".kdb")) {
        return stranger(
            where, "seems to be a key database of IBM (.kdb), by its name",
            std::string{kAskForPkcs12} + " With GSKit: gsk8capicmd -cert -export -db " +
                shell_word(where) + " -label LABEL -target new.p12 -target_type pkcs12"
        );
    }
    return {LoadErrorCode::not_recognised, where, expected};
}

LoadError only_openssh_key(const std::string& where) {
    LoadError error{LoadErrorCode::no_private_key, where, ""};
    error.cause =
        where + " has its private key in OpenSSH's own form, which TLS programs do not read";
    error.remedy = "Write it anew in the common one with: ssh-keygen -p -m PKCS8 -f ";
    error.remedy += shell_word(where);
    return error;
}

bool has_openssh_key(const std::vector<std::string>& labels) {
    return std::ranges::find(labels, "OPENSSH PRIVATE KEY") != labels.end();
}

std::optional<LoadError> name_block(std::string_view text, const std::string& where) {
    if (!text.starts_with("-----BEGIN PGP ")) return std::nullopt;
    return stranger(
        where, "holds a block of PGP (GnuPG), which TLS does not use",
        "Where it is an encrypted message, decrypt it with: gpg -d " + shell_word(where) +
            " > decrypted"
    );
}

}  // namespace countersign::certs
