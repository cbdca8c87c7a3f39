#include "proxy/tls/revocation_pointers.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <string_view>

#include "certs/asn1.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/printable.hpp"

namespace countersign::proxy::tls {

namespace {

std::vector<std::string> uris_of_lists(const X509* certificate) {
    using PointsHandle = certs::OpensslHandle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
    const PointsHandle points{static_cast<CRL_DIST_POINTS*>(
        X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)
    )};
    certs::drain_openssl_errors();
    std::vector<std::string> uris;
    for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
        const DIST_POINT_NAME* const name = sk_DIST_POINT_value(points.get(), i)->distpoint;
        if (name == nullptr || name->type != 0) continue;
        for (int j = 0; j < sk_GENERAL_NAME_num(name->name.fullname); ++j) {
            const GENERAL_NAME* const one = sk_GENERAL_NAME_value(name->name.fullname, j);
            if (one->type != GEN_URI) continue;
            uris.emplace_back(certs::asn1_text(one->d.uniformResourceIdentifier));
        }
    }
    return uris;
}

std::vector<std::string> uris_of_access(const X509* certificate, int method) {
    using AccessHandle = certs::OpensslHandle<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
    const AccessHandle access{static_cast<AUTHORITY_INFO_ACCESS*>(
        X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)
    )};
    certs::drain_openssl_errors();
    std::vector<std::string> uris;
    for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
        const ACCESS_DESCRIPTION* const one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
        if (OBJ_obj2nid(one->method) != method || one->location->type != GEN_URI) continue;
        uris.emplace_back(certs::asn1_text(one->location->d.uniformResourceIdentifier));
    }
    return uris;
}

bool is_asked(const std::string& uri) {
    constexpr std::string_view kScheme = "http://";
    if (uri.size() <= kScheme.size() || uri.size() > kLongestPointer) return false;
    const bool is_http =
        std::ranges::equal(kScheme, uri.substr(0, kScheme.size()), [](char a, char b) {
            return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
        });
    return is_http && std::ranges::all_of(uri, [](char one) { return one > ' ' && one < 0x7F; });
}

std::vector<std::string> asked_of(std::vector<std::string> uris) {
    std::erase_if(uris, [](const std::string& uri) { return !is_asked(uri); });
    if (uris.size() > kMostPointers) uris.resize(kMostPointers);
    return uris;
}

}  // namespace

std::vector<std::string> places_of_lists(const X509* certificate) {
    std::vector<std::string> places = uris_of_lists(certificate);
    for (std::string& place : places) place = certs::printable(place);
    return places;
}

std::vector<std::string> http_lists(const X509* certificate) {
    return asked_of(uris_of_lists(certificate));
}

std::vector<std::string> http_responders(const X509* certificate) {
    return asked_of(uris_of_access(certificate, NID_ad_OCSP));
}

std::vector<std::string> http_issuers(const X509* certificate) {
    return asked_of(uris_of_access(certificate, NID_ad_ca_issuers));
}

}  // namespace countersign::proxy::tls
