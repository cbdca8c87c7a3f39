#include "certs/pkcs12_bag.hpp"

#include <openssl/objects.h>

#include <optional>

#include "certs/asn1.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/text/utf16.hpp"

namespace countersign::certs {
namespace {

using AttributeHandle = OpensslHandle<X509_ATTRIBUTE, X509_ATTRIBUTE_free>;
using Attributes = STACK_OF(X509_ATTRIBUTE);

constexpr char kAnyPurpose[] = "2.5.29.37.0";

// OpenSSL 3.0 gives them as const only, and has no other way to take one out.
Attributes* attributes_of(PKCS12_SAFEBAG* bag) {
    return const_cast<Attributes*>(PKCS12_SAFEBAG_get0_attrs(bag));
}

void remove_attributes(PKCS12_SAFEBAG* bag, int nid) {
    Attributes* const attributes = attributes_of(bag);
    for (int i = sk_X509_ATTRIBUTE_num(attributes); i-- > 0;) {
        if (nid_of(sk_X509_ATTRIBUTE_value(attributes, i)) != nid) continue;
        X509_ATTRIBUTE_free(sk_X509_ATTRIBUTE_delete(attributes, i));
    }
}

}  // namespace

int nid_of(const X509_ATTRIBUTE* attribute) {
    return OBJ_obj2nid(X509_ATTRIBUTE_get0_object(const_cast<X509_ATTRIBUTE*>(attribute)));
}

Pkcs12BagHandle parse_bag(ByteView der) {
    const unsigned char* data = der.data();
    return Pkcs12BagHandle{d2i_PKCS12_SAFEBAG(nullptr, &data, static_cast<long>(der.size()))};
}

Pkcs12BagHandle bag_of(const SealedKey& key) {
    const unsigned char* data = key.der.data();
    const auto length = static_cast<long>(key.der.size());
    if (key.form == SealedKey::Form::pkcs8) {
        PrivateKeyInfoHandle info{d2i_PKCS8_PRIV_KEY_INFO(nullptr, &data, length)};
        Pkcs12BagHandle bag{info ? PKCS12_SAFEBAG_create0_p8inf(info.get()) : nullptr};
        if (bag) static_cast<void>(info.release());
        return bag;
    }
    EncryptedKeyHandle sealed{d2i_X509_SIG(nullptr, &data, length)};
    Pkcs12BagHandle bag{sealed ? PKCS12_SAFEBAG_create0_pkcs8(sealed.get()) : nullptr};
    if (bag) static_cast<void>(sealed.release());
    return bag;
}

Pkcs12BagHandle bag_of(const X509* certificate) {
    return Pkcs12BagHandle{PKCS12_SAFEBAG_create_cert(const_cast<X509*>(certificate))};
}

std::string local_key_id_of(const PKCS12_SAFEBAG* bag) {
    const ASN1_TYPE* id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);
    if (id == nullptr || id->type != V_ASN1_OCTET_STRING) return {};
    return std::string{asn1_text(id->value.octet_string)};
}

bool set_local_key_id(PKCS12_SAFEBAG* bag, std::string id) {
    if (local_key_id_of(bag) == id) return true;
    remove_attributes(bag, NID_localKeyID);
    if (id.empty()) return true;
    return PKCS12_add_localkeyid(
               bag, reinterpret_cast<unsigned char*>(id.data()), static_cast<int>(id.size())
           ) == 1;
}

std::string name_in(const X509_ATTRIBUTE* friendly_name) {
    const ASN1_TYPE* const value =
        X509_ATTRIBUTE_get0_type(const_cast<X509_ATTRIBUTE*>(friendly_name), 0);
    if (value == nullptr || value->type != V_ASN1_BMPSTRING) return {};
    std::string name = utf8_of_utf16(asn1_bytes(value->value.bmpstring));
    // Some writers end it as C does.
    if (name.ends_with('\0')) name.pop_back();
    return name;
}

std::string friendly_name_of(const PKCS12_SAFEBAG* bag) {
    const Attributes* const attributes = PKCS12_SAFEBAG_get0_attrs(bag);
    for (int i = 0; i < sk_X509_ATTRIBUTE_num(attributes); ++i) {
        const X509_ATTRIBUTE* const each = sk_X509_ATTRIBUTE_value(attributes, i);
        if (nid_of(each) != NID_friendlyName) continue;
        if (std::string name = name_in(each); !name.empty()) return name;
    }
    return {};
}

bool name_if_nameless(PKCS12_SAFEBAG* bag, const std::string& alias) {
    if (alias.empty() || !friendly_name_of(bag).empty()) return true;
    remove_attributes(bag, NID_friendlyName);
    const std::string name = java_alias(alias);
    // OpenSSL's own conversion has no characters beyond U+FFFF, and the words for what is no text.
    if (const std::optional<std::string> utf16 = utf16_of_utf8(name)) {
        return PKCS12_add_friendlyname_uni(
                   bag, reinterpret_cast<const unsigned char*>(utf16->data()),
                   static_cast<int>(utf16->size())
               ) == 1;
    }
    return PKCS12_add_friendlyname_utf8(bag, name.data(), static_cast<int>(name.size())) == 1;
}

bool copy_attributes(PKCS12_SAFEBAG* bag, const PKCS12_SAFEBAG* from) {
    // OpenSSL makes the list with the first attribute that is added by its own functions.
    if (PKCS12_SAFEBAG_get0_attrs(bag) == nullptr && !set_local_key_id(bag, "?")) return false;
    Attributes* const attributes = attributes_of(bag);
    if (!set_local_key_id(bag, "")) return false;
    const Attributes* const all = PKCS12_SAFEBAG_get0_attrs(from);
    for (int i = 0; i < sk_X509_ATTRIBUTE_num(all); ++i) {
        const X509_ATTRIBUTE* const each = sk_X509_ATTRIBUTE_value(all, i);
        if (nid_of(each) == NID_localKeyID) continue;
        AttributeHandle copy{X509_ATTRIBUTE_dup(const_cast<X509_ATTRIBUTE*>(each))};
        if (!copy || sk_X509_ATTRIBUTE_push(attributes, copy.get()) <= 0) return false;
        static_cast<void>(copy.release());
    }
    return true;
}

bool mark_trusted(PKCS12_SAFEBAG* bag) {
    const ObjectHandle purpose{OBJ_txt2obj(kAnyPurpose, 1)};
    return purpose != nullptr && PKCS12_add1_attr_by_txt(
                                     bag, kJavaTrusted, V_ASN1_OBJECT,
                                     reinterpret_cast<const unsigned char*>(purpose.get()), -1
                                 ) == 1;
}

}  // namespace countersign::certs
