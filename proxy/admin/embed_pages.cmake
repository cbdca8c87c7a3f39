# Writes OUT, the source of page_file.hpp, with the files in PAGES and with OPENAPI:
#   cmake -DPAGES=FOLDER -DOPENAPI=FILE -DOUT=FILE -P embed_pages.cmake
file(GLOB_RECURSE names RELATIVE ${PAGES} ${PAGES}/*.html ${PAGES}/*.css ${PAGES}/*.js ${PAGES}/*.svg)
list(SORT names)
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")
# As octets, so that nothing in a file can end the text.
function(read_text file out)
    file(READ ${file} octets HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" octets "${octets}")
    set(${out} "\"${octets}\"" PARENT_SCOPE)
endfunction()
set(rows "")
foreach(name IN LISTS names)
    read_text(${PAGES}/${name} text)
    string(REGEX MATCH "[a-z]+$" ending ${name})
    string(APPEND rows "    {\"${name}\", \"${type_${ending}}\", ${text}},\n")
endforeach()
read_text(${OPENAPI} description)
file(
    WRITE ${OUT}.new
    "#include \"proxy/admin/page_file.hpp\"

#include <algorithm>
#include <iterator>

namespace countersign::proxy::admin {

const PageFile* find_page(std::string_view path) {
    static constexpr PageFile kFiles[] = {
${rows}    };
    const auto* const found = std::ranges::find(kFiles, path.empty() ? \"index.html\" : path, &PageFile::path);
    return found == std::end(kFiles) ? nullptr : found;
}

std::string_view api_description() { return ${description}; }

}  // namespace countersign::proxy::admin
"
)
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
