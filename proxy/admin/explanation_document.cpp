#include "proxy/admin/explanation_document.hpp"

#include "proxy/admin/json_document.hpp"

namespace countersign::proxy::admin {

boost::json::object explanation_document(const explain::Explanation& found) {
    boost::json::object document;
    for (const explain::Line& line : explain::lines_of(found)) {
        document[line.json] = json_text(line.value);
    }
    document["considered"] = json_list(found.considered, [](const auto& one) {
        return boost::json::object{
            {"profile", json_text(one.profile)},
            {"verdict", json_text(one.verdict)},
        };
    });
    return document;
}

}  // namespace countersign::proxy::admin
