#pragma once

#include <boost/json/array.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "certs/edit/store_draft.hpp"

namespace countersign::proxy::commands {

/// One certificate as `list` shows it.
struct ListedCertificate {
    std::string subject;
    std::string issuer;
    std::string serial;
    std::chrono::system_clock::time_point not_before;
    std::chrono::system_clock::time_point not_after;
    std::int64_t days_left = 0;  ///< whole days; below zero once it has expired
    std::vector<std::string> names;
    std::string key;
    std::string sha256;
};

/// One entry of a store as `list` shows it: a private key with its chain, a trusted certificate, or
/// a certificate that is neither.
struct ListedEntry {
    std::string kind;  ///< "private key", "trusted certificate", "certificate"
    std::optional<std::string> alias;
    std::vector<ListedCertificate> certificates;  ///< of a key: leaf first
};

std::vector<ListedEntry> list_store(
    const certs::StoreDraft& store, const std::optional<std::string>& alias,
    std::chrono::system_clock::time_point now
);

std::string listing_as_text(const std::vector<ListedEntry>& entries);
/// An array of objects, one for each entry.
boost::json::array listing_as_json(const std::vector<ListedEntry>& entries);

}  // namespace countersign::proxy::commands
