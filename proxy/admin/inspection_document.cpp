#include "proxy/admin/inspection_document.hpp"

#include "proxy/admin/certificate_facts.hpp"
#include "proxy/admin/json_document.hpp"

namespace countersign::proxy::admin {

namespace json = boost::json;

namespace {

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(json_text(text));
}

}  // namespace

json::object inspection_document(
    const records::Inspection& found, std::chrono::system_clock::time_point now
) {
    json::array entries;
    for (const records::InspectedEntry& entry : found.entries) {
        json::array certificates;
        for (const certs::X509Handle& one : entry.certificates)
            certificates.emplace_back(certificate_facts(one.get(), now));
        entries.push_back(json::object{
            {"kind", json_text(entry.kind)},
            {"alias", text_or_null(entry.alias)},
            {"certificates", std::move(certificates)},
        });
    }
    return {
        {"container", text_or_null(found.container)},
        {"type", text_or_null(found.type)},
        {"entries", std::move(entries)},
        {"notes", json_list(found.notes)},
        {"problem", text_or_null(found.problem)},
        {"findings",
         json_list(found.findings, [](const certs::Finding& one) { return finding_facts(one); })},
    };
}

}  // namespace countersign::proxy::admin
