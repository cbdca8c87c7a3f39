#include "certs/stranger.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "certs/ssh_key.hpp"
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
    {"ssh-", "a public key of OpenSSH",
     "TLS needs a certificate and its private key, in PEM, PKCS#12 or JKS."},
    {"ecdsa-sha2-", "a public key of OpenSSH",
     "TLS needs a certificate and its private key, in PEM, PKCS#12 or JKS."},
    {"---- BEGIN SSH2 PUBLIC KEY", "a public key of SSH",
     "TLS needs a certificate and its private key, in PEM, PKCS#12 or JKS."},
    {"apiVersion:", "a manifest of Kubernetes (YAML)",
     "Take what is wanted out of it, by its name there: `sed -n 's/^ *NAME: //p' FILE | base64 -d "
     "> new.pem`."},
    {"Certificate:", "a certificate as text for readers, without the certificate itself",
     "Take the certificate itself, from whence this text was made."},
};

/// What may have blocks of PEM in it, too.
constexpr Kind kDocuments[] = {
    {"{", "JSON",
     "Take what is wanted out of it, by its name there: `jq -r .NAME FILE > new.pem`."},
    {"[", "JSON",
     "Take what is wanted out of it, by its name there: `jq -r '.[0].NAME' FILE > new.pem`."},
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

/// "BKS", "UBER" or "BCFKS": what Java calls it, with a provider that is not Java's own.
LoadError bouncy_castle_store(std::string_view type, const std::string& where) {
    std::string is = "is a key store of BouncyCastle of the kind ";
    is += type;
    std::string remedy =
        "Convert it, with the library at hand: `keytool -importkeystore "
        "-srckeystore ";
    remedy += shell_word(where) + " -srcstoretype ";
    remedy += type;
    remedy +=
        " -destkeystore new.p12 -deststoretype PKCS12 -providerpath bcprov.jar -providerclass "
        "org.bouncycastle.jce.provider.BouncyCastleProvider`.";
    return stranger(where, is, std::move(remedy));
}

/// BKS and UBER have the same head: a version, 20 bytes of salt, a count of iterations. The entries
/// of BKS follow in the clear, each behind a kind from 1 to 4 and an alias of less than 256 bytes.
std::optional<LoadError> bouncy_castle(std::string_view bytes, const std::string& where) {
    constexpr std::size_t kHead = 4 + 4 + 20 + 4;
    const bool has_version = bytes.starts_with("\0\0\0\x01"sv) || bytes.starts_with("\0\0\0\x02"sv);
    if (!has_version || bytes.size() <= kHead || bytes.substr(4, 4) != "\0\0\0\x14"sv)
        return std::nullopt;
    const auto entry = static_cast<unsigned char>(bytes[kHead]);
    const bool is_clear =
        entry == 0 || (entry <= 4 && bytes.size() > kHead + 1 && bytes[kHead + 1] == '\0');
    return bouncy_castle_store(is_clear ? "BKS" : "UBER", where);
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

/// Whether they begin as DER that goes on behind their end.
bool is_cut_short(std::string_view bytes) {
    // Shorter lengths are letters and digits, too.
    if (bytes.size() < 8 || bytes[0] != '\x30') return false;
    const std::size_t more = static_cast<unsigned char>(bytes[1]) & 0x7fU;
    if (bytes[1] == static_cast<char>(more) || more == 0 || more > 3) return false;
    std::size_t length = 0;
    for (const char c : bytes.substr(2, more)) length = length << 8 | static_cast<unsigned char>(c);
    const std::string_view inside = bytes.substr(2 + more);
    return (inside[0] == '\x30' || inside[0] == '\x02') && length > inside.size();
}

std::optional<LoadError> der(std::string_view bytes, const std::string& where) {
    const std::string_view inside = inside_sequences(bytes, 3);
    // PBES2: the rest of the store is encrypted by it.
    if (inside.starts_with("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"sv)) {
        return bouncy_castle_store("BCFKS", where);
    }
    // The version with which a certificate begins, one sequence further in than in a certificate.
    if (inside.starts_with("\xa0\x03\x02\x01"sv)) {
        return stranger(
            where, "is a PKIPath, Java's encoding of a chain of certificates",
            "Write its certificates as PEM or as PKCS#7 (in Java: CertPath.getEncoded(\"PKCS7\"))."
        );
    }
    if (is_cut_short(bytes)) return malformed(where, "its end is missing");
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
    std::string_view is;
    std::string_view name;
    if (front.starts_with("\xfe\xed\xfe\xed"sv)) {
        is = "a key store in JKS";
        name = "store.jks";
    } else if (front.starts_with("\xce\xce\xce\xce"sv)) {
        is = "a key store in JCEKS";
        name = "store.jceks";
    } else if (inside_sequences(front, 1).starts_with("\x02\x01\x03"sv)) {
        is = "a key store in PKCS#12";
        name = "store.p12";
    } else if (front.find("-----BEGIN ") != front.npos) {
        is = "PEM";
        name = "decoded.pem";
    } else if (!inside_sequences(front, 2).empty()) {
        is = "DER, without the BEGIN and END lines of PEM";
        name = "decoded.der";
    } else {
        return std::nullopt;
    }
    std::string remedy = "Decode it: `base64 -di " + shell_word(where) + " > ";
    remedy += name;
    return stranger(where, std::string{"is base64 of "}.append(is), remedy += "`.");
}

LoadError utf16(const std::string& where) {
    return stranger(
        where, "is text in UTF-16",
        "Convert it: `iconv -f UTF-16 -t UTF-8 " + shell_word(where) + " > converted`."
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
    if (auto error = bouncy_castle(all, where)) return std::move(*error);
    if (auto error = der(all, where)) return std::move(*error);
    if (auto error = name_document(text, where)) return std::move(*error);
    if (text.starts_with("PuTTY-User-Key-File-")) {
        return stranger(where, "is a private key of PuTTY", remedy_for_putty(text, where));
    }
    for (const Kind& kind : kText) {
        if (text.starts_with(kind.begins)) return stranger(where, kind);
    }
    if (auto error = base64(text, where)) return std::move(*error);
    // IBM's format says nothing in its first bytes that others do not: its name has to do.
    if (where.ends_with(".kdb")) {
        return stranger(
            where, "seems to be a key database of IBM (.kdb), by its name",
            std::string{kAskForPkcs12} + " With GSKit: `gsk8capicmd -cert -export -db " +
                shell_word(where) + " -label LABEL -target new.p12 -target_type pkcs12`."
        );
    }
    return {LoadErrorCode::not_recognised, where, expected};
}

std::optional<LoadError> name_document(std::string_view text, const std::string& where) {
    text = without_front(text);
    // A sign-in page, saved under the name of the file that was asked for.
    if (text.starts_with('<')) {
        return stranger(
            where, "seems to be a web page (HTML), since it begins with '<'",
            "Download the file again; where the site asks for a sign-in, sign in first."
        );
    }
    for (const Kind& kind : kDocuments) {
        if (text.starts_with(kind.begins)) return stranger(where, kind);
    }
    return std::nullopt;
}

std::optional<LoadError> name_block(std::string_view text, const std::string& where) {
    if (!text.starts_with("-----BEGIN PGP ")) return std::nullopt;
    const bool is_message = text.starts_with("-----BEGIN PGP MESSAGE");
    return stranger(
        where, "holds a block of PGP (GnuPG), which TLS does not use",
        is_message ? "Decrypt it: `gpg -d " + shell_word(where) + " > decrypted`."
                   : "TLS needs a certificate, and its private key in PEM, PKCS#12 or JKS."
    );
}

}  // namespace countersign::certs
