#include "certs/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "certs/asn1.hpp"
#include "certs/bytes.hpp"
#include "certs/error.hpp"
#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

using std::chrono::system_clock;

std::string hex(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) append_hex(text, byte);
    return text;
}

std::string utf8_of(const ASN1_STRING* string) {
    unsigned char* utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, string);
    if (length < 0) {
        drain_openssl_errors();
        return "?";
    }
    std::string text{reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)};
    OPENSSL_free(utf8);
    return text;
}

// As RFC 4514 asks: a value cannot pass for another attribute ("CN=a, O=Acme" stays one name).
std::string escaped_value(const std::string& value) {
    std::string out;
    for (const char c : value) {
        if (std::strchr(",+\"\\<>;", c) != nullptr && c != '\0') out += '\\';
        out += c;
    }
    return printable(out);
}

std::string attribute_name(const ASN1_OBJECT* object) {
    if (const int nid = OBJ_obj2nid(object); nid != NID_undef) return OBJ_nid2sn(nid);
    const std::string number = oid_number(object);
    return number.empty() ? "?" : number;
}

std::string address_of(const ASN1_OCTET_STRING* address) {
    char text[INET6_ADDRSTRLEN] = "?";
    const int length = ASN1_STRING_length(address);
    if (length == 4 || length == 16) {
        inet_ntop(
            length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text, sizeof text
        );
    }
    return text;
}

std::string general_name_text(const GENERAL_NAME* name) {
    switch (name->type) {
        case GEN_DNS:
            return "DNS:" + printable(asn1_text(name->d.dNSName));
        case GEN_IPADD:
            return "IP:" + address_of(name->d.iPAddress);
        case GEN_URI:
            return "URI:" + printable(asn1_text(name->d.uniformResourceIdentifier));
        case GEN_EMAIL:
            return "email:" + printable(asn1_text(name->d.rfc822Name));
        case GEN_DIRNAME:
            return "DirName:" + name_text(name->d.directoryName);
        default:
            return "other:?";
    }
}

}  // namespace

std::string name_text(const X509_NAME* name) {
    std::string text;
    int previous_set = -1;
    for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
        const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
        const int set = X509_NAME_ENTRY_set(entry);
        if (!text.empty()) text += set == previous_set ? " + " : ", ";
        previous_set = set;
        text += attribute_name(X509_NAME_ENTRY_get_object(entry)) + "=" +
                escaped_value(utf8_of(X509_NAME_ENTRY_get_data(entry)));
    }
    return text.empty() ? "?" : text;
}

std::string subject_of(const X509* certificate) {
    return name_text(X509_get_subject_name(certificate));
}

std::string issuer_of(const X509* certificate) {
    return name_text(X509_get_issuer_name(certificate));
}

std::vector<std::string> subjects_of(const std::vector<X509Handle>& certificates) {
    std::vector<std::string> subjects;
    for (const X509Handle& each : certificates) subjects.push_back(subject_of(each.get()));
    return subjects;
}

std::string quoted_subjects_of(const std::vector<X509Handle>& certificates) {
    std::vector<std::string> subjects = subjects_of(certificates);
    for (std::string& subject : subjects) subject = in_quotes(subject);
    return printable_list(subjects);
}

std::string serial_of(const X509* certificate) {
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
    const std::string digits = hex(asn1_bytes(serial));
    return ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ? "-" + digits : digits;
}

std::string fingerprint_of(const X509* certificate) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &length) != 1) {
        drain_openssl_errors();
        return "?";
    }
    return hex({digest, length});
}

std::vector<std::string> subject_alt_names_of(const X509* certificate) {
    const GeneralNamesHandle names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)
    )};
    drain_openssl_errors();
    std::vector<std::string> texts;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        texts.push_back(general_name_text(sk_GENERAL_NAME_value(names.get(), i)));
    }
    return texts;
}

// system_clock counts nanoseconds and ends in 2262, certificates "without end" say 9999: such a
// time becomes the last moment that the clock can say.
system_clock::time_point time_of(const ASN1_TIME* time, system_clock::time_point unreadable) {
    constexpr std::int64_t kSecondsPerDay = 86400;
    constexpr std::int64_t kLast =
        std::chrono::floor<std::chrono::seconds>(system_clock::duration::max()).count();
    const OpensslHandle<ASN1_TIME, ASN1_TIME_free> epoch{ASN1_TIME_set(nullptr, 0)};
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
        drain_openssl_errors();
        return unreadable;
    }
    const std::int64_t since_epoch = days * kSecondsPerDay + seconds;
    if (since_epoch >= kLast) return system_clock::time_point::max();
    if (since_epoch <= -kLast) return system_clock::time_point::min();
    return system_clock::time_point{std::chrono::seconds{since_epoch}};
}

// A time that cannot be read makes the certificate not valid at any time.
system_clock::time_point not_before_of(const X509* certificate) {
    return time_of(X509_get0_notBefore(certificate), system_clock::time_point::max());
}

system_clock::time_point not_after_of(const X509* certificate) {
    return time_of(X509_get0_notAfter(certificate), system_clock::time_point::min());
}

bool is_self_issued(const X509* certificate) {
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
           0;
}

bool same(const X509Handle& a, const X509* b) { return X509_cmp(a.get(), b) == 0; }

bool same(const std::vector<X509Handle>& a, const std::vector<X509Handle>& b) {
    return std::ranges::equal(a, b, [](const X509Handle& one, const X509Handle& other) {
        return same(one, other.get());
    });
}

bool holds(const std::vector<X509Handle>& certificates, const X509* certificate) {
    return std::ranges::any_of(certificates, [certificate](const X509Handle& each) {
        return same(each, certificate);
    });
}

bool holds(std::span<const X509* const> certificates, const X509* certificate) {
    return std::ranges::any_of(certificates, [certificate](const X509* each) {
        return X509_cmp(each, certificate) == 0;
    });
}

std::string to_text(system_clock::time_point time) {
    // In seconds from here on: the clock's own unit cannot say the day that its first moment is in.
    const auto moment = std::chrono::floor<std::chrono::seconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{moment - day};
    char text[64];
    std::snprintf(
        text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count())
    );
    return text;
}

std::string date_text(system_clock::time_point time) { return to_text(time).substr(0, 10); }

std::int64_t days_until(system_clock::time_point end, system_clock::time_point now) {
    // In seconds, as certificates count: the clock's first moment, which stands for a time that
    // cannot be read, is further away than its own unit can say.
    using std::chrono::seconds;
    const seconds left = std::chrono::floor<seconds>(end.time_since_epoch()) -
                         std::chrono::ceil<seconds>(now.time_since_epoch());
    return std::chrono::floor<std::chrono::days>(left).count();
}

}  // namespace countersign::certs
