#include "proxy/commands/complaint.hpp"

#include <iostream>
#include <utility>

#include "proxy/commands/print_document.hpp"

namespace countersign::proxy::commands {

namespace {

void print_complaint(const Complaint& complaint) {
    for (const std::string& one : complaint.wrong) {
        std::cerr << (complaint.counted ? "" : "countersign: ") << one << '\n';
    }
    if (!complaint.counted) return;
    std::cerr << complaint.wrong.size() << " problem(s)";
    if (!complaint.configuration.empty()) std::cerr << " in " << complaint.configuration;
    std::cerr << '\n';
}

}  // namespace

int complain(const Complaint& complaint, bool json) {
    if (!json) {
        print_complaint(complaint);
        return complaint.status;
    }
    boost::json::object error{
        {"wrong", json_list(complaint.wrong)}, {"remedy", json_text(complaint.remedy)}};
    if (!complaint.configuration.empty()) {
        error["configuration"] = json_text(complaint.configuration);
    }
    print_document({{"error", std::move(error)}});
    return complaint.status;
}

}  // namespace countersign::proxy::commands
