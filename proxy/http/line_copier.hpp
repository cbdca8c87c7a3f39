#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// Copies the lines of a head, which stand one behind the other in the buffer that was parsed, in
/// runs: what nobody changes goes over in one piece, and most heads in two or three.
class LineCopier {
public:
    /// Begins inside `head`'s start line, at `from`. Both outlive the copier.
    LineCopier(const Head& head, const char* from, std::string& out)
        : head_(head), from_(from), out_(out) {}

    /// Copies up to `line` and leaves it out; `instead` stands in its place.
    void replace(std::string_view line, std::initializer_list<std::string_view> instead = {}) {
        copy_until(line.data());
        from_ = line.data() + line.size();
        for (const std::string_view text : instead) out_ += text;
    }

    /// A Content-Length line: said once in the head, as one plain number. A list, a repetition or
    /// leading zeros that reached us are not handed to the next reader.
    void copy_length(const Field& field);

    /// A Transfer-Encoding line. It says "chunked", in whatever case.
    void copy_encoding(const Field& field) {
        if (field.value != "chunked") replace(field.line, {field.name, ": chunked\r\n"});
    }

    void copy_until(const char* end) {
        out_.append(from_, static_cast<std::size_t>(end - from_));
        from_ = end;
    }

    /// The rest of the field lines.
    void copy_rest() {
        const std::string_view last =
            head_.fields.empty() ? head_.start_line : head_.fields.back().line;
        copy_until(last.data() + last.size());
    }

private:
    const Head& head_;
    const char* from_;
    std::string& out_;
    bool length_said_ = false;
};

}  // namespace countersign::proxy::http
