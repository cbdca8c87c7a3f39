#include "proxy/admin/certificate_facts.hpp"

#include "certs/certificate.hpp"
#include "certs/lifetime.hpp"
#include "certs/make/key_pair.hpp"
#include "proxy/admin/json_document.hpp"

namespace countersign::proxy::admin {

namespace json = boost::json;

json::object certificate_facts(const X509* one, std::chrono::system_clock::time_point now) {
    return {
        {"subject", json_text(certs::subject_of(one))},
        {"issuer", json_text(certs::issuer_of(one))},
        {"serial", json_text(certs::serial_of(one))},
        {"sha256", json_text(certs::fingerprint_of(one))},
        {"key", json_text(certs::public_key_text(one))},
        {"names", json_list(certs::subject_alt_names_of(one))},
        {"not_before", json_text(certs::to_text(certs::not_before_of(one)))},
        {"not_after", json_text(certs::to_text(certs::not_after_of(one)))},
        {"days_left", certs::days_until(certs::not_after_of(one), now)},
        {"self_issued", certs::is_self_issued(one)},
    };
}

json::object finding_facts(const certs::Finding& finding) {
    return {
        {"severity", json_text(certs::name_of(finding.severity))},
        {"code", json_text(certs::name_of(finding.code))},
        {"where", json_text(finding.where)},
        {"what", json_text(finding.what)},
        {"remedy", json_text(finding.remedy)},
    };
}

}  // namespace countersign::proxy::admin
