#include "certs/java/serialized_object.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::certs {
namespace {

// Java Object Serialization Specification, chapter 6.
constexpr std::uint32_t kStreamHeader = 0xaced0005;
constexpr std::uint32_t kFirstHandle = 0x7e0000;
constexpr std::uint8_t kNull = 0x70;
constexpr std::uint8_t kReference = 0x71;
constexpr std::uint8_t kClass = 0x72;
constexpr std::uint8_t kObject = 0x73;
constexpr std::uint8_t kString = 0x74;
constexpr std::uint8_t kArray = 0x75;
constexpr std::uint8_t kEndOfAnnotations = 0x78;
constexpr std::uint8_t kSerializable = 0x02;

// A key that Java has sealed is two classes of four fields, and has ten handles. Without these
// bounds three bytes of the file would take fifty of memory, and a class that inherits the fields
// of another any number.
constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxHandles = 64;
constexpr std::size_t kMaxFields = 64;

/// The shape of a class: enough to know how long its objects are.
struct Shape {
    std::string_view name;
    std::string field_types;  ///< one type code each, the superclass's first
};

class ObjectSkipper {
public:
    explicit ObjectSkipper(ByteReader& reader) : reader_{reader} {}

    void content(int depth) {
        if (depth > kMaxDepth) return reader_.fail();
        switch (reader_.u8()) {
            case kNull:
                return;
            case kReference:
                reader_.u32();
                return;
            case kString:
                new_handle();
                reader_.java_utf();
                return;
            case kArray:
                return array(depth);
            case kObject:
                return object(depth);
            default:
                return reader_.fail();
        }
    }

private:
    std::size_t new_handle() {
        if (handles_.size() == kMaxHandles) {
            reader_.fail();
            return 0;
        }
        handles_.emplace_back();
        return handles_.size() - 1;
    }

    void array(int depth) {
        const std::optional<Shape> shape = class_shape(depth + 1);
        new_handle();
        const std::uint32_t length = reader_.u32();
        if (!shape || shape->name != "[B") return reader_.fail();
        reader_.take(length);
    }

    void object(int depth) {
        const std::optional<Shape> shape = class_shape(depth + 1);
        new_handle();
        if (!shape) return reader_.fail();
        for (const char type : shape->field_types) {
            if (!reader_.ok()) return;
            if (type == 'L' || type == '[') {
                content(depth + 1);
            } else {
                reader_.take(width_of(type));
            }
        }
    }

    // Nullopt: no class, which is what the topmost has for its superclass.
    std::optional<Shape> class_shape(int depth) {
        if (depth > kMaxDepth) reader_.fail();
        switch (reader_.ok() ? reader_.u8() : kNull) {
            case kNull:
                return std::nullopt;
            case kReference: {
                const std::size_t handle = reader_.u32() - kFirstHandle;
                if (handle < handles_.size()) return handles_[handle];
                break;
            }
            case kClass:
                return new_class(depth);
            default:
                break;
        }
        reader_.fail();
        return std::nullopt;
    }

    Shape new_class(int depth) {
        Shape shape{.name = as_text(reader_.java_utf()), .field_types = {}};
        reader_.take(8);  // serialVersionUID
        const std::size_t handle = new_handle();
        // A class that writes data of its own has another flag, and a length that its code alone
        // knows.
        if (reader_.u8() != kSerializable) reader_.fail();
        const std::uint16_t fields = reader_.u16();
        if (fields > kMaxFields) reader_.fail();
        for (std::uint16_t i = 0; i < fields && reader_.ok(); ++i) {
            const char type = static_cast<char>(reader_.u8());
            reader_.java_utf();
            if (type == 'L' || type == '[') content(depth + 1);
            shape.field_types += type;
        }
        if (reader_.u8() != kEndOfAnnotations) reader_.fail();
        if (const std::optional<Shape> super = class_shape(depth + 1)) {
            shape.field_types.insert(0, super->field_types);
        }
        if (shape.field_types.size() > kMaxFields) reader_.fail();
        handles_[handle] = shape;
        return shape;
    }

    std::size_t width_of(char type) {
        switch (type) {
            case 'B':
            case 'Z':
                return 1;
            case 'C':
            case 'S':
                return 2;
            case 'F':
            case 'I':
                return 4;
            case 'D':
            case 'J':
                return 8;
            default:
                reader_.fail();
                return 0;
        }
    }

    ByteReader& reader_;
    std::vector<std::optional<Shape>>
        handles_;  ///< in the order of the stream; empty for what is no class
};

}  // namespace

void skip_java_object(ByteReader& reader) {
    if (reader.u32() != kStreamHeader) return reader.fail();
    ObjectSkipper{reader}.content(0);
}

}  // namespace countersign::certs
