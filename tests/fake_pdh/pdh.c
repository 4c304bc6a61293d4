/* What would the performance counters of a Windows that is not here answer?
 *
 * The five functions of pdh.dll that envdoctor calls, for Linux, playing a scenario.  The tests compile this file and
 * load it with ctypes in place of pdh.dll:
 *
 *     cc -shared -fPIC -O1 -o libpdh.so pdh.c
 *
 * FAKE_PDH names the scenario, a text file of `key = value` lines; an empty line or one that begins with # says
 * nothing.  It is read again at each call, so a scenario may be changed while it is played.  FAKE_PDH_TRACE names a
 * file to which the name of each call is appended.
 *
 *     engine = 61.5 pid_4312_luid_0x0_0x1_phys_0_eng_5_engtype_Cuda
 *                                   an instance of GPU Engine: its value and its name, one line for each
 *     memory = 1073741824 pid_4312_luid_0x0_0x1_phys_0
 *                                   the same of GPU Process Memory
 *     engine! = 0xC0000BBA 0 NAME   an instance with a status of its own (memory! likewise)
 *     status.CALL = 0xC0000BBC      what this call returns, for instance status.PdhOpenQueryW
 *     status.CALL.engine = NUMBER   the same for one counter (engine or memory) of the calls that are about one
 *     status.CALL.2 = NUMBER        the same for the second collection (PdhCollectQueryData)
 *     added = 1                     a counter whose PdhAddEnglishCounterW returns a status is added all the same
 *     grow = 2                      so many times the list has grown when it is asked for with room for it
 *     grown = 0xC0000BBD            what it says then (PDH_MORE_DATA when missing)
 *     count = 9000                  a number of items that is not true
 *     size = 4000000000             a size that is not true
 *
 * Like the real one it has no rates before the second collection that went well: PDH_INVALID_DATA for GPU Engine.
 * The structures are those of 64-bit Windows; a character has 4 bytes here, and 2 there.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { FORMAT = 0x8200 }; /* PDH_FMT_DOUBLE | PDH_FMT_NOCAP100 */
#define SUCCESS 0u
#define MORE_DATA 0x800007D2u
#define NO_DATA 0x800007D5u
#define NO_OBJECT 0xC0000BB8u
#define INVALID_HANDLE 0xC0000BBCu
#define INVALID_ARGUMENT 0xC0000BBDu
#define INVALID_DATA 0xC0000BC6u

typedef uint32_t status_t;
typedef struct {
    uint32_t status;
    union { int32_t small; double real; int64_t large; } number;
} value_t;
typedef struct { wchar_t *name; value_t value; } item_t;

_Static_assert(sizeof(value_t) == 16 && sizeof(item_t) == 24, "the layout of 64-bit Windows");

enum { ENGINE, MEMORY, KINDS };
static const char *const KEYS[KINDS] = { "engine", "memory" };
static const wchar_t *const PATHS[KINDS] = {
    L"\\GPU Engine(*)\\Utilization Percentage",
    L"\\GPU Process Memory(*)\\Dedicated Usage",
};

struct query;
typedef struct { struct query *query; int kind; } counter_t;
typedef struct query { counter_t counters[KINDS]; int added, collections, looks; long grown; } query_t;

static query_t *open_query = NULL; /* one at a time */

/* ------------------------------------------------------------------ the scenario */

static char *trimmed(char *text)
{
    char *end;
    while (*text == ' ' || *text == '\t')
        text++;
    end = text + strlen(text);
    while (end > text && strchr(" \t\r\n", end[-1]))
        *--end = '\0';
    return text;
}

static FILE *scenario(void)
{
    const char *path = getenv("FAKE_PDH");
    return path ? fopen(path, "r") : NULL;
}

/* 1 with the next line's key and value, 0 at the end; both point into `line` */
static int next(FILE *file, char *line, size_t size, char **key, char **value)
{
    while (file && fgets(line, (int)size, file)) {
        char *sign = strchr(line, '=');
        if (!sign || line[0] == '#')
            continue;
        *sign = '\0';
        *key = trimmed(line);
        *value = trimmed(sign + 1);
        return 1;
    }
    return 0;
}

static unsigned long number(const char *wanted, unsigned long otherwise)
{
    char line[1024], *key, *value;
    FILE *file = scenario();
    while (next(file, line, sizeof line, &key, &value))
        if (strcmp(key, wanted) == 0)
            otherwise = strtoul(value, NULL, 0);
    if (file)
        fclose(file);
    return otherwise;
}

static status_t status_of(const char *call, const char *detail, status_t otherwise)
{
    char key[256];
    snprintf(key, sizeof key, "status.%s", call);
    otherwise = (status_t)number(key, otherwise);
    if (detail) {
        snprintf(key, sizeof key, "status.%s.%s", call, detail);
        otherwise = (status_t)number(key, otherwise);
    }
    return otherwise;
}

static void trace(const char *call)
{
    const char *path = getenv("FAKE_PDH_TRACE");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file)
        return;
    fprintf(file, "%s\n", call);
    fclose(file);
}

/* The instances of a counter: their number, and the bytes that they take with their names.  Where `items` is not NULL
 * they are written there, the names behind the last of them. */
static uint32_t instances(int kind, item_t *items, uint32_t count, uint32_t *bytes)
{
    char line[1024], special[16], *key, *value;
    wchar_t *name = items ? (wchar_t *)(items + count) : NULL;
    uint32_t found = 0;
    FILE *file = scenario();
    snprintf(special, sizeof special, "%s!", KEYS[kind]);
    *bytes = 0;
    while (next(file, line, sizeof line, &key, &value)) {
        uint32_t status = 0;
        double real;
        size_t length, i;
        if (strcmp(key, special) == 0)
            status = (uint32_t)strtoul(value, &value, 0);
        else if (strcmp(key, KEYS[kind]) != 0)
            continue;
        real = strtod(value, &value);
        value = trimmed(value);
        length = strlen(value) + 1;
        *bytes += (uint32_t)(sizeof(item_t) + length * sizeof(wchar_t));
        if (items) {
            items[found].name = name;
            items[found].value.status = status;
            items[found].value.number.real = real;
            for (i = 0; i < length; i++)
                *name++ = (unsigned char)value[i];
        }
        found++;
    }
    if (file)
        fclose(file);
    return found;
}

/* ------------------------------------------------------------------ the functions */

status_t PdhOpenQueryW(const wchar_t *source, uintptr_t user, void **query)
{
    status_t status = status_of("PdhOpenQueryW", NULL, SUCCESS);
    trace("PdhOpenQueryW");
    if (source || user || !query || open_query)
        return INVALID_ARGUMENT;
    if (status)
        return status;
    *query = open_query = calloc(1, sizeof(query_t));
    return SUCCESS;
}

status_t PdhAddEnglishCounterW(void *query, const wchar_t *path, uintptr_t user, void **counter)
{
    int kind;
    trace("PdhAddEnglishCounterW");
    if (!query || query != open_query)
        return INVALID_HANDLE;
    if (!path || user || !counter)
        return INVALID_ARGUMENT;
    for (kind = 0; kind < KINDS; kind++)
        if (wcscmp(path, PATHS[kind]) == 0) {
            status_t status = status_of("PdhAddEnglishCounterW", KEYS[kind], SUCCESS);
            if (status && !number("added", 0))
                return status;
            open_query->added++;
            open_query->counters[kind].query = open_query;
            open_query->counters[kind].kind = kind;
            *counter = &open_query->counters[kind];
            return status;
        }
    return NO_OBJECT;
}

status_t PdhCollectQueryData(void *query)
{
    char time[16];
    status_t status;
    trace("PdhCollectQueryData");
    if (!query || query != open_query)
        return INVALID_HANDLE;
    snprintf(time, sizeof time, "%d", ++open_query->collections);
    status = status_of("PdhCollectQueryData", time, open_query->added ? SUCCESS : NO_DATA);
    if (!status)
        open_query->looks++;
    return status;
}

status_t PdhGetFormattedCounterArrayW(void *handle, uint32_t format, uint32_t *size, uint32_t *count, void *items)
{
    counter_t *counter = handle;
    status_t status;
    uint32_t bytes, found, unused;
    trace("PdhGetFormattedCounterArrayW");
    if (!counter || counter->query != open_query)
        return INVALID_HANDLE;
    if (format != FORMAT || !size || !count || (*size != 0) != (items != NULL))
        return INVALID_ARGUMENT;
    status = status_of("PdhGetFormattedCounterArrayW", KEYS[counter->kind], SUCCESS);
    if (status)
        return status;
    if (counter->kind == ENGINE && open_query->looks < 2)
        return INVALID_DATA;
    found = instances(counter->kind, NULL, 0, &bytes);
    if (*size && open_query->grown < (long)number("grow", 0)) {
        open_query->grown++;
        *size = 1; /* "you should not rely on the returned size" */
        return (status_t)number("grown", MORE_DATA);
    }
    if (*size < bytes) {
        *size = *size ? 1 : (uint32_t)number("size", bytes);
        return MORE_DATA;
    }
    if (items)
        instances(counter->kind, items, found, &unused);
    *size = bytes;
    *count = (uint32_t)number("count", found);
    return SUCCESS;
}

status_t PdhCloseQuery(void *query)
{
    trace("PdhCloseQuery");
    if (!query || query != open_query)
        return INVALID_HANDLE;
    free(open_query);
    open_query = NULL;
    return SUCCESS;
}
