#include "tests/fuzz/second_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <cctype>

namespace countersign::fuzz {

namespace {

namespace beast = boost::beast::http;

/// A text. Beast's own takes the memory that Content-Length promises at once.
struct TextBody {
    using value_type = std::string;

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(beast::header<is_request, Fields>&, value_type& text) : text_{text} {}

        void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) {
            error = {};
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
            error = {};
            std::size_t size = 0;
            for (auto at = boost::asio::buffer_sequence_begin(buffers);
                 at != boost::asio::buffer_sequence_end(buffers); ++at) {
                const boost::asio::const_buffer buffer = *at;
                text_.append(static_cast<const char*>(buffer.data()), buffer.size());
                size += buffer.size();
            }
            return size;
        }
        void finish(boost::system::error_code& error) { error = {}; }

    private:
        value_type& text_;
    };
};

std::string in_lower_case(std::string_view text) {
    std::string lower{text};
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return lower;
}

/// Known, and meant: Beast refuses a minor version above 1, which RFC 9110 2.5 has us read as 1,
/// and a status line that ends with the status, as many servers send. `added`: the bytes by which
/// what it is given instead is longer.
std::string in_beasts_words(std::string_view bytes, std::size_t& added) {
    static constexpr std::string_view kVersion = "HTTP/1.";
    std::string words{bytes};
    const std::size_t end = words.find("\r\n");
    if (end == std::string::npos) return words;
    const bool is_response = words.starts_with(kVersion);
    const std::size_t version = is_response ? 0 : words.rfind(kVersion, end);
    if (version == std::string::npos) return words;
    const std::size_t minor = version + kVersion.size();
    if (words[minor] >= '2' && words[minor] <= '9') words[minor] = '1';
    if (is_response && end == std::string_view{"HTTP/1.1 200"}.size()) {
        words.insert(end, 1, ' ');
        added = 1;
    }
    return words;
}

template <class Message>
Reading::Fields fields_of(const Message& message) {
    Reading::Fields fields;
    for (const auto& field : message) {
        fields.emplace_back(in_lower_case(field.name_string()), field.value());
    }
    std::stable_sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    return fields;
}

/// Those of `all` that are not among `some`, each as often as it is there more often.
Reading::Fields without(Reading::Fields all, const Reading::Fields& some) {
    for (const auto& field : some) {
        const auto same = std::find(all.begin(), all.end(), field);
        if (same != all.end()) all.erase(same);
    }
    return all;
}

template <class Parser>
void read(Parser& parser, std::string_view bytes, bool ended, Reading& reading) {
    std::size_t added = 0;
    const std::string words = in_beasts_words(bytes, added);
    std::string_view rest{words};
    parser.header_limit(1U << 20);
    parser.body_limit(boost::none);
    boost::system::error_code error;
    const auto put_all = [&] {
        while (!parser.is_done() && !rest.empty()) {
            const std::size_t size =
                parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
            rest.remove_prefix(size);
            if (error || size == 0 || (!parser.eager() && parser.is_header_done())) return;
        }
    };
    // The head by itself: trailers are put among its fields later.
    parser.eager(false);
    put_all();
    reading.invalid = error && error != beast::error::need_more;
    if (reading.invalid || !parser.is_header_done()) return;
    reading.has_head = true;
    reading.keep_alive = parser.keep_alive();
    reading.chunked = parser.chunked();
    reading.needs_end = parser.need_eof();
    reading.fields = fields_of(parser.get());
    parser.eager(true);
    put_all();
    reading.trailers = without(fields_of(parser.get()), reading.fields);
    reading.invalid = error && error != beast::error::need_more;
    reading.is_confused = error == beast::error::bad_content_length ||
                          error == beast::error::multiple_content_length ||
                          error == beast::error::bad_transfer_encoding ||
                          (error == beast::error::bad_value && reading.chunked);
    if (ended && reading.needs_end && !parser.is_done()) {
        error = {};
        parser.put_eof(error);
    }
    reading.complete = parser.is_done();
    reading.body = parser.get().body();
    reading.size = words.size() - rest.size() - added;
}

}  // namespace

bool Reading::says(std::string_view name, std::string_view value) const {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
        return field.first == name && field.second == value;
    });
}

std::vector<std::string> Reading::values(std::string_view name) const {
    std::vector<std::string> all;
    for (const auto& field : fields) {
        if (field.first == name) all.push_back(field.second);
    }
    return all;
}

bool Reading::lists(std::string_view name) const {
    const std::vector<std::string> all = values("connection");
    return std::any_of(all.begin(), all.end(), [name](const std::string& value) {
        return beast::token_list{in_lower_case(value)}.exists(name);
    });
}

Reading read_request(std::string_view bytes) {
    Reading reading;
    beast::request_parser<TextBody> parser;
    read(parser, bytes, false, reading);
    if (!reading.has_head) return reading;
    reading.method = parser.get().method_string();
    reading.target = parser.get().target();
    return reading;
}

Reading read_response(std::string_view bytes, bool to_head_request, bool ended) {
    Reading reading;
    beast::response_parser<TextBody> parser;
    parser.skip(to_head_request);
    read(parser, bytes, ended, reading);
    if (reading.has_head) reading.status = static_cast<int>(parser.get().result_int());
    return reading;
}

ResponseReading read_responses(std::string_view bytes, bool to_head_request, bool ended) {
    ResponseReading all;
    for (;;) {
        all.last = read_response(bytes.substr(all.size), to_head_request, ended);
        all.size += all.last.size;
        const bool interim = all.last.complete && all.last.status < 200 && all.last.status != 101;
        if (!interim) return all;
        all.interim.push_back(std::move(all.last));
    }
}

}  // namespace countersign::fuzz
