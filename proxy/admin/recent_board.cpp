#include "proxy/admin/recent_board.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "proxy/admin/exchange_document.hpp"

namespace countersign::proxy::admin {

namespace {

/// One that was heard of, and its report where it has one.
struct Heard {
    const live::KeptExchange* line;
    const live::FailedExchange* failed;
};

/// Of one worker, in the order in which they ended: its newest, and before them those that failed
/// and have been pushed out.
std::vector<Heard> heard_of(const live::RecentExchanges& recent) {
    std::vector<Heard> heard;
    auto failed = recent.failed.begin();
    for (const live::KeptExchange& line : recent.lines) {
        for (; failed != recent.failed.end() && failed->line.number < line.number; ++failed) {
            heard.push_back({&failed->line, &*failed});
        }
        const bool is_it = failed != recent.failed.end() && failed->line.number == line.number;
        heard.push_back({&line, is_it ? &*failed++ : nullptr});
    }
    return heard;
}

bool has_status(std::uint16_t status, std::string_view asked) {
    if (asked.empty()) return true;
    if (asked == "none") return status == 0;
    const std::string text = std::to_string(status);
    return asked.ends_with("xx") ? text.front() == asked.front() && text.size() == 3
                                 : text == asked;
}

void append_to_list(std::string& list, std::string_view text) {
    if (!list.empty()) list += ',';
    list += text;
}

}  // namespace

void RecentBoard::add(const std::vector<Told>& told) {
    std::vector<Heard> all;
    std::uint64_t ended = 0;
    for (const Told& one : told) {
        const std::vector<Heard> heard = heard_of(one.recent);
        all.insert(all.end(), heard.begin(), heard.end());
        ended += one.recent.count - one.before;
    }
    std::ranges::stable_sort(all, {}, [](const Heard& one) { return one.line->ended(); });
    newest_ += ended - all.size();
    // Those that would be pushed out at once, unless somebody looks for them, only count.
    const std::size_t kept_from = all.size() > kMost ? all.size() - kMost : 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        ++newest_;
        if (i >= kept_from || all[i].failed != nullptr) put(*all[i].line, all[i].failed);
    }
}

void RecentBoard::put(const live::KeptExchange& line, const live::FailedExchange* failed) {
    auto next = std::make_shared<Line>();
    next->number = newest_;
    next->status = line.status;
    next->failed = !line.text(live::Text::error).empty();
    next->profile = line.text(live::Text::profile);
    next->text = boost::json::serialize(exchange_object(line, newest_));
    lines_.push_back(next);
    if (lines_.size() > kMost) lines_.pop_front();
    if (failed == nullptr) return;
    failed_.push_back({std::move(next), boost::json::serialize(report_object(*failed))});
    if (failed_.size() > kMostFailed) failed_.pop_front();
}

void RecentBoard::clear() {
    lines_.clear();
    failed_.clear();
}

bool RecentBoard::fits(const Line& line, const ExchangeQuestion& question) {
    if (line.number <= question.after || line.number >= question.before) return false;
    if (question.failed && !line.failed) return false;
    if (question.profile == "-" && !line.profile.empty()) return false;
    if (question.profile != "-" && !question.profile.empty() && line.profile != question.profile) {
        return false;
    }
    return has_status(line.status, question.status);
}

std::string RecentBoard::page(const ExchangeQuestion& question, std::size_t silent_workers) const {
    std::string list;
    std::size_t count = 0;
    std::uint64_t last = 0;
    bool more = false;
    const auto look_at = [&](const Line& line) {
        if (more || !fits(line, question)) return;
        more = count == question.limit;
        if (more) return;
        append_to_list(list, line.text);
        last = line.number;
        ++count;
    };
    for (auto one = lines_.rbegin(); one != lines_.rend(); ++one) look_at(**one);
    for (auto one = failed_.rbegin(); one != failed_.rend(); ++one) {
        if (one->line->number < lines_.front()->number) look_at(*one->line);
    }
    return "{\"process\":\"" + process_ + "\",\"exchanges\":[" + list +
           "],\"newest\":" + std::to_string(newest_) +
           ",\"next\":" + (more ? std::to_string(last) : "null") +
           ",\"silent_workers\":" + std::to_string(silent_workers) + "}\n";
}

std::string RecentBoard::one(std::uint64_t number) const {
    for (const Failed& one : failed_) {
        if (one.line->number != number) continue;
        return "{\"exchange\":" + one.line->text + ",\"report\":" + one.report + "}\n";
    }
    for (const Shared& one : lines_) {
        if (one->number == number) return "{\"exchange\":" + one->text + ",\"report\":null}\n";
    }
    return {};
}

std::string RecentBoard::news(std::uint64_t after) const {
    if (newest_ <= after) return {};
    const auto since = std::ranges::partition_point(lines_, [after](const Shared& one) {
        return one->number <= after;
    });
    const std::ptrdiff_t went_well =
        std::count_if(since, lines_.end(), [](const Shared& one) { return !one->failed; });
    // Half of the places are for those that went well, where there are so many.
    const std::size_t most_failed =
        kMostInNews - std::min(kMostInNews / 2, static_cast<std::size_t>(went_well));
    std::vector<const Line*> chosen;
    std::size_t bytes = 0;
    for (const bool failed : {true, false}) {
        const std::size_t most = failed ? most_failed : kMostInNews;
        for (auto one = lines_.rbegin(); one != lines_.rend() && (*one)->number > after; ++one) {
            if ((*one)->failed != failed) continue;
            bytes += (*one)->text.size() + 1;
            if (chosen.size() >= most || bytes > kMostNewsBytes) break;
            chosen.push_back(one->get());
        }
    }
    std::ranges::sort(chosen, {}, &Line::number);
    std::string list;
    for (const Line* const one : chosen) append_to_list(list, one->text);
    return "{\"process\":\"" + process_ + "\",\"exchanges\":[" + list +
           "],\"newest\":" + std::to_string(newest_) +
           ",\"skipped\":" + std::to_string(newest_ - after - chosen.size()) + "}";
}

}  // namespace countersign::proxy::admin
