# Where a unity build is asked for, up to eight files of a folder are compiled as one: a half to a
# quarter of the time. Files that use one name for two things are kept apart, for the helpers of
# tests have short names, in unnamed namespaces.

# The names that a file declares at the left margin, which is where clang-format leaves them.
function(names_declared_in file result)
    file(STRINGS ${file} lines REGEX "^(#define )?[A-Za-z]")
    set(names "")
    foreach(line IN LISTS lines)
        if(line MATCHES "^TEST(_[FP])?\\(([A-Za-z0-9_]+), ([A-Za-z0-9_]+)")
            list(APPEND names "${CMAKE_MATCH_2}_${CMAKE_MATCH_3}_Test")
        elseif(line MATCHES "^(struct|class|enum class|enum|union|concept|#define) ([A-Za-z0-9_]+)")
            list(APPEND names ${CMAKE_MATCH_2})
        elseif(line MATCHES "^using [A-Za-z0-9_]+::|^using namespace ")
            continue() # said twice, it is the same
        elseif(line MATCHES "([A-Za-z0-9_]+)(\\(| =|[{;])")
            list(APPEND names ${CMAKE_MATCH_1})
        endif()
    endforeach()
    list(REMOVE_ITEM names INSTANTIATE_TEST_SUITE_P)
    list(REMOVE_DUPLICATES names)
    set(${result} "${names}" PARENT_SCOPE)
endfunction()

# The first group of the folder that has a place, and none of the names; sets `result` to its name.
# In the caller's scope are groups_FOLDER, how many there are, and for each names_ and size_.
macro(choose_group folder names result)
    set(found FALSE)
    foreach(number RANGE 1 100)
        set(key ${folder}_${number})
        if(NOT DEFINED size_${key})
            set(size_${key} 0)
            set(names_${key} "")
        endif()
        if(size_${key} LESS 8)
            set(found TRUE)
            foreach(name IN LISTS ${names})
                if(name IN_LIST names_${key})
                    set(found FALSE)
                    break()
                endif()
            endforeach()
        endif()
        if(found)
            math(EXPR size_${key} "${size_${key}} + 1")
            list(APPEND names_${key} ${${names}})
            set(${result} ${key})
            break()
        endif()
    endforeach()
endmacro()

function(tests_together target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    get_target_property(sources ${target} SOURCES)
    get_target_property(base ${target} SOURCE_DIR)
    foreach(source IN LISTS sources)
        cmake_path(GET source PARENT_PATH folder)
        string(MAKE_C_IDENTIFIER "in_${folder}" folder)
        names_declared_in(${base}/${source} names)
        choose_group(${folder} names group)
        set_source_files_properties(
            ${base}/${source} DIRECTORY ${base} PROPERTIES UNITY_GROUP ${group}
        )
        set_property(
            DIRECTORY ${base} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${base}/${source}
        )
    endforeach()
endfunction()
