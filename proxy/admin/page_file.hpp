#pragma once

#include <string_view>

namespace countersign::proxy::admin {

/// A file of the console, as it stands in console/pages, in the program.
struct PageFile {
    std::string_view path;
    std::string_view type;
    std::string_view bytes;
};

/// "" is index.html, "parts/chart.js" such a file. Null: there is none.
const PageFile* find_page(std::string_view path);

/// The OpenAPI document, api/openapi.json.
std::string_view api_description();

}  // namespace countersign::proxy::admin
