#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/catalogue/row.hpp"

namespace countersign::tests {

/// The tables as Markdown: proxy/tls/SERVERS.md.
std::string catalogue_document(const std::vector<Row>& rows);
/// Where that stands in the source tree.
std::filesystem::path catalogue_document_path();

}  // namespace countersign::tests
