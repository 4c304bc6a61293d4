/* What would NVML answer on a machine that is not here?
 *
 * A small libnvidia-ml.so.1 that plays a scenario.  The tests compile it, put its folder on LD_LIBRARY_PATH and drive
 * it with the real pynvml:
 *
 *     cc -shared -fPIC -O1 -Wl,-soname,libnvidia-ml.so.1 -o libnvidia-ml.so.1 nvml.c
 *
 * FAKE_NVML names the scenario, a text file of `key = value` lines; an empty line or one that begins with # says
 * nothing.  It is read again at each call, so a scenario may be changed while it is played.  FAKE_NVML_TRACE names a
 * file to which the name of each call is appended.
 *
 *     init = 9                      what nvmlInit returns (0 when missing)
 *     driver = 535.104.05           system answers
 *     nvml = 12.535.104.05
 *     cuda = 12020
 *     devices = 2                   number of devices (0 when missing)
 *     device.0.name = NVIDIA GeForce RTX 3080
 *     device.0.uuid = GPU-1f2e3d4c-0000-0000-0000-000000000000
 *     device.0.pci = 00000000:01:00.0
 *     device.0.memory = 10240       MiB
 *     device.0.used = 512           MiB
 *     device.0.capability = 8.6
 *     device.0.mig = 1
 *     device.0.model = 1            driver model: 0 WDDM, 1 TCC, 2 MCDM
 *     error.CALL = 13               what this call returns, for instance error.nvmlSystemGetDriverVersion
 *     device.0.error.CALL = 3       the same for one device
 *     device.0.error = 15           what every call with this device returns
 *
 * How a device is used:
 *
 *     device.0.utilization = 87     % of time in which a kernel ran
 *     device.0.memory_utilization = 40    % (0 when missing)
 *     device.0.processes = 1234:2048 5678:na     compute contexts, PID:MiB; na: the driver does not tell the memory
 *     device.0.graphics = 42:300    graphics contexts, the same way
 *     device.0.sm = 1234:62 5678:30     samples of nvmlDeviceGetProcessUtilization, PID:%; nothing after =: no sample
 *     device.0.sm_age = 2500        how old these samples are, ms (0 when missing)
 *     device.0.sm_empty = 0         what is returned when there is no sample (6, NOT_FOUND, when missing)
 *     device.0.clocks = 0x40        why the clocks are not higher, a mask of bits
 *     device.0.power = 220000       mW
 *     device.0.pcie_width = 8       lanes in use, and
 *     device.0.pcie_max_width = 16  lanes there could be
 *     device.0.gpm_sm = 41.5        % of the SMs that were busy; when missing, the device does not support GPM
 *
 * In place of a PID may stand a file of PIDs, @/path/of/it:2048.  Each PID in it (blanks between them) becomes an entry
 * of its own (1024 in all); without the file there is none.  So a scenario can speak of a process still to be started.
 *
 * Each key may change with time:
 *
 *     device.0.utilization@2.5 = 90     from 2.5 seconds on; without @ from the beginning
 *     start = /path/of/a/file       time begins with the last change of this file, in all processes alike; without the
 *                                   key or the file, with the first nvmlInit of the process
 *     period = 4                    after so many seconds all begins anew
 *
 * Of several lines with one key the latest holds whose time has come, of several with one time the last in the file.
 *
 * A question for which there is no key is answered with NVML_ERROR_NOT_SUPPORTED (3).
 * -DFAKE_NVML_OLD leaves out the functions that drivers of the 450 branch lack (`_v3` and later, GPM, newer names).
 */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7 };
enum { OUT_OF_MEMORY = 20, WRONG_VERSION = 25, MOST_ENTRIES = 1024 };

typedef void *device_t;
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } memory_v2_t;
typedef struct {
    char legacy[16];
    unsigned int domain, bus, device, id, subsystem;
    char place[32];
} pci_t;
typedef struct { unsigned int gpu, memory; } utilization_t;
typedef struct { unsigned int pid; unsigned long long used; } process_v1_t;
typedef struct { unsigned int pid; unsigned long long used; unsigned int gpu_instance, compute_instance; } process_t;
typedef struct { unsigned int pid; unsigned long long time; unsigned int sm, memory, encoder, decoder; } sample_t;
typedef struct { unsigned int pid; unsigned long long amount; } entry_t; /* PID:amount in the scenario */

static int started = 0;
static double beginning = 0; /* the first nvmlInit */

/* ------------------------------------------------------------------ the scenario */

static double seconds(struct timespec moment) { return (double)moment.tv_sec + (double)moment.tv_nsec / 1e9; }

static double clock_now(void)
{
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    return seconds(moment);
}

/* the whole scenario, to be freed; NULL without one */
static char *whole(void)
{
    struct stat about;
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    char *text = NULL;
    if (!file)
        return NULL;
    if (fstat(fileno(file), &about) == 0 && (text = malloc((size_t)about.st_size + 1)) != NULL)
        text[fread(text, 1, (size_t)about.st_size, file)] = '\0';
    fclose(file);
    return text;
}

/* 1 and the value that the key has at this time, or 0 */
static int scan(const char *text, const char *key, double now, char *value, size_t size)
{
    const char *line, *end, *rest;
    double from, latest = 0;
    int found = 0;
    for (line = text; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        line += strspn(line, " \t");
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        rest = line + strlen(key);
        from = *rest == '@' ? strtod(rest + 1, (char **)&rest) : 0;
        rest += strspn(rest, " \t");
        if (*rest != '=' || from > now || from < latest)
            continue;
        for (rest++; rest < end && strchr(" \t", *rest);)
            rest++;
        for (line = end; line > rest && strchr(" \t\r", line[-1]);)
            line--;
        snprintf(value, size, "%.*s", (int)(line - rest), rest);
        latest = from;
        found = 1;
    }
    return found;
}

/* seconds since time began */
static double time_of(const char *text)
{
    char value[1024];
    struct stat about;
    double period, now = clock_now(), zero = beginning;
    if (scan(text, "start", 0, value, sizeof value) && stat(value, &about) == 0)
        zero = seconds(about.st_mtim);
    now = now > zero ? now - zero : 0;
    if (scan(text, "period", 0, value, sizeof value) && (period = strtod(value, NULL)) > 0)
        now -= period * (double)(long long)(now / period);
    return now;
}

/* 1 and the value that the key has now, or 0 */
static int look(const char *key, char *value, size_t size)
{
    char *text = whole();
    int found = text && scan(text, key, time_of(text), value, size);
    free(text);
    return found;
}

static long number(const char *key, long otherwise)
{
    char value[64];
    return look(key, value, sizeof value) ? strtol(value, NULL, 0) : otherwise;
}

static int of_device(int index, const char *key, char *value, size_t size)
{
    char full[256];
    snprintf(full, sizeof full, "device.%d.%s", index, key);
    return look(full, value, size);
}

/* ------------------------------------------------------------------ what every call does first */

static void trace(const char *call)
{
    const char *path = getenv("FAKE_NVML_TRACE");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file)
        return;
    fprintf(file, "%s\n", call);
    fclose(file);
}

static int begin(const char *call)
{
    char key[256];
    trace(call);
    if (!started)
        return UNINITIALIZED;
    snprintf(key, sizeof key, "error.%s", call);
    return (int)number(key, SUCCESS);
}

static int begin_device(const char *call, device_t device, int *index)
{
    char key[256];
    int status = begin(call);
    *index = (int)(intptr_t)device - 1; /* a handle is the index, plus one so that it is not NULL */
    if (status)
        return status;
    if (*index < 0 || *index >= number("devices", 0))
        return INVALID_ARGUMENT;
    snprintf(key, sizeof key, "device.%d.error", *index);
    status = (int)number(key, SUCCESS);
    snprintf(key, sizeof key, "device.%d.error.%s", *index, call);
    return (int)number(key, status);
}

static int give_text(const char *key, char *text, unsigned int size)
{
    char value[256];
    if (!look(key, value, sizeof value))
        return NOT_SUPPORTED;
    if (strlen(value) + 1 > size)
        return INSUFFICIENT_SIZE;
    strcpy(text, value);
    return SUCCESS;
}

static int give_device_text(const char *call, device_t device, const char *key, char *text, unsigned int size)
{
    char full[256];
    int index, status = begin_device(call, device, &index);
    snprintf(full, sizeof full, "device.%d.%s", index, key);
    return status ? status : give_text(full, text, size);
}

/* ------------------------------------------------------------------ the library and the system */

int nvmlInitWithFlags(unsigned int flags)
{
    int status;
    (void)flags;
    if (!beginning)
        beginning = clock_now();
    status = (int)number("init", SUCCESS);
    trace("nvmlInit");
    if (!status)
        started++;
    return status;
}

int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }

int nvmlShutdown(void)
{
    trace("nvmlShutdown");
    if (!started)
        return UNINITIALIZED;
    started--;
    return SUCCESS;
}

const char *nvmlErrorString(int code)
{
    (void)code;
    return "an error of the scenario";
}

int nvmlSystemGetDriverVersion(char *text, unsigned int size)
{
    int status = begin("nvmlSystemGetDriverVersion");
    return status ? status : give_text("driver", text, size);
}

int nvmlSystemGetNVMLVersion(char *text, unsigned int size)
{
    int status = begin("nvmlSystemGetNVMLVersion");
    return status ? status : give_text("nvml", text, size);
}

int nvmlSystemGetCudaDriverVersion_v2(int *version)
{
    int status = begin("nvmlSystemGetCudaDriverVersion_v2");
    if (status)
        return status;
    *version = (int)number("cuda", 0);
    return *version ? SUCCESS : NOT_SUPPORTED;
}

int nvmlSystemGetCudaDriverVersion(int *version) { return nvmlSystemGetCudaDriverVersion_v2(version); }

/* ------------------------------------------------------------------ devices */

int nvmlDeviceGetCount_v2(unsigned int *count)
{
    int status = begin("nvmlDeviceGetCount_v2");
    *count = (unsigned int)number("devices", 0);
    return status;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, device_t *device)
{
    int ignored;
    *device = (device_t)(intptr_t)(index + 1);
    return begin_device("nvmlDeviceGetHandleByIndex_v2", *device, &ignored);
}

static int find(const char *call, const char *key, const char *wanted, device_t *device)
{
    char value[256];
    int index, status = begin(call);
    if (status)
        return status;
    for (index = 0; index < number("devices", 0); index++)
        if (of_device(index, key, value, sizeof value) && strcmp(value, wanted) == 0) {
            *device = (device_t)(intptr_t)(index + 1);
            return begin_device(call, *device, &index);
        }
    return NOT_FOUND;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, device_t *device)
{
    return find("nvmlDeviceGetHandleByUUID", "uuid", uuid, device);
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *place, device_t *device)
{
    return find("nvmlDeviceGetHandleByPciBusId_v2", "pci", place, device);
}

int nvmlDeviceGetIndex(device_t device, unsigned int *answer)
{
    int index, status = begin_device("nvmlDeviceGetIndex", device, &index);
    *answer = (unsigned int)index;
    return status;
}

int nvmlDeviceGetName(device_t device, char *text, unsigned int size)
{
    return give_device_text("nvmlDeviceGetName", device, "name", text, size);
}

int nvmlDeviceGetUUID(device_t device, char *text, unsigned int size)
{
    return give_device_text("nvmlDeviceGetUUID", device, "uuid", text, size);
}

static int memory_of(const char *call, device_t device, unsigned long long *total, unsigned long long *used)
{
    char value[64];
    int index, status = begin_device(call, device, &index);
    if (status)
        return status;
    if (!of_device(index, "memory", value, sizeof value))
        return NOT_SUPPORTED;
    *total = strtoull(value, NULL, 0) << 20;
    *used = of_device(index, "used", value, sizeof value) ? strtoull(value, NULL, 0) << 20 : 0;
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(device_t device, memory_t *memory)
{
    int status = memory_of("nvmlDeviceGetMemoryInfo", device, &memory->total, &memory->used);
    memory->free = memory->total - memory->used;
    return status;
}

#ifndef FAKE_NVML_OLD
int nvmlDeviceGetMemoryInfo_v2(device_t device, memory_v2_t *memory)
{
    int status = memory_of("nvmlDeviceGetMemoryInfo_v2", device, &memory->total, &memory->used);
    memory->reserved = 0;
    memory->free = memory->total - memory->used;
    return status;
}
#endif

int nvmlDeviceGetCudaComputeCapability(device_t device, int *major, int *minor)
{
    char value[64];
    int index, status = begin_device("nvmlDeviceGetCudaComputeCapability", device, &index);
    if (status)
        return status;
    if (!of_device(index, "capability", value, sizeof value) || sscanf(value, "%d.%d", major, minor) != 2)
        return NOT_SUPPORTED;
    return SUCCESS;
}

int nvmlDeviceGetPciInfo_v3(device_t device, pci_t *pci)
{
    char value[64];
    int index, status = begin_device("nvmlDeviceGetPciInfo_v3", device, &index);
    if (status)
        return status;
    if (!of_device(index, "pci", value, sizeof value))
        return NOT_SUPPORTED;
    memset(pci, 0, sizeof *pci);
    if (sscanf(value, "%x:%x:%x", &pci->domain, &pci->bus, &pci->device) != 3)
        return INVALID_ARGUMENT;
    snprintf(pci->place, sizeof pci->place, "%08X:%02X:%02X.0", pci->domain, pci->bus, pci->device);
    snprintf(pci->legacy, sizeof pci->legacy, "%04X:%02X:%02X.0", pci->domain & 0xffff, pci->bus & 0xff,
             pci->device & 0xff);
    return SUCCESS;
}

static int two(const char *call, device_t device, const char *key, unsigned int *current, unsigned int *pending)
{
    char value[64];
    int index, status = begin_device(call, device, &index);
    if (status)
        return status;
    if (!of_device(index, key, value, sizeof value))
        return NOT_SUPPORTED;
    *current = *pending = (unsigned int)strtoul(value, NULL, 0);
    return SUCCESS;
}

int nvmlDeviceGetMigMode(device_t device, unsigned int *current, unsigned int *pending)
{
    return two("nvmlDeviceGetMigMode", device, "mig", current, pending);
}

int nvmlDeviceGetDriverModel(device_t device, unsigned int *current, unsigned int *pending)
{
    return two("nvmlDeviceGetDriverModel", device, "model", current, pending);
}

#ifndef FAKE_NVML_OLD
int nvmlDeviceGetDriverModel_v2(device_t device, unsigned int *current, unsigned int *pending)
{
    return two("nvmlDeviceGetDriverModel_v2", device, "model", current, pending);
}
#endif

/* ------------------------------------------------------------------ how a device is used */

/* one number of a device */
static int one(const char *call, device_t device, const char *key, unsigned long long *answer)
{
    char value[64];
    int index, status = begin_device(call, device, &index);
    if (status)
        return status;
    if (!of_device(index, key, value, sizeof value))
        return NOT_SUPPORTED;
    *answer = strtoull(value, NULL, 0);
    return SUCCESS;
}

static int small_one(const char *call, device_t device, const char *key, unsigned int *answer)
{
    unsigned long long wide = 0;
    int status = one(call, device, key, &wide);
    *answer = (unsigned int)wide;
    return status;
}

int nvmlDeviceGetPowerUsage(device_t device, unsigned int *power)
{
    return small_one("nvmlDeviceGetPowerUsage", device, "power", power);
}

int nvmlDeviceGetCurrPcieLinkWidth(device_t device, unsigned int *width)
{
    return small_one("nvmlDeviceGetCurrPcieLinkWidth", device, "pcie_width", width);
}

int nvmlDeviceGetMaxPcieLinkWidth(device_t device, unsigned int *width)
{
    return small_one("nvmlDeviceGetMaxPcieLinkWidth", device, "pcie_max_width", width);
}

int nvmlDeviceGetCurrentClocksThrottleReasons(device_t device, unsigned long long *reasons)
{
    return one("nvmlDeviceGetCurrentClocksThrottleReasons", device, "clocks", reasons);
}

#ifndef FAKE_NVML_OLD
int nvmlDeviceGetCurrentClocksEventReasons(device_t device, unsigned long long *reasons)
{
    return one("nvmlDeviceGetCurrentClocksEventReasons", device, "clocks", reasons);
}
#endif

int nvmlDeviceGetUtilizationRates(device_t device, utilization_t *utilization)
{
    char value[64];
    int index, status = begin_device("nvmlDeviceGetUtilizationRates", device, &index);
    if (status)
        return status;
    if (!of_device(index, "utilization", value, sizeof value))
        return NOT_SUPPORTED;
    utilization->gpu = (unsigned int)strtoul(value, NULL, 0);
    utilization->memory =
        of_device(index, "memory_utilization", value, sizeof value) ? (unsigned int)strtoul(value, NULL, 0) : 0;
    return SUCCESS;
}

/* the number of entries in the value of this key, or -1 when there is no such key */
static int entries_of(int index, const char *key, entry_t *entries)
{
    char value[1 << 15], *word, *rest, *amount;
    int count = 0;
    if (!of_device(index, key, value, sizeof value))
        return -1;
    for (word = strtok_r(value, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        FILE *file = NULL;
        entry_t entry = {0, 0};
        if ((amount = strrchr(word, ':')) != NULL) {
            *amount++ = '\0';
            entry.amount = strcmp(amount, "na") == 0 ? ~0ULL : strtoull(amount, NULL, 0);
        }
        if (*word != '@') {
            entry.pid = (unsigned int)strtoul(word, NULL, 0);
            if (count < MOST_ENTRIES)
                entries[count++] = entry;
        } else if ((file = fopen(word + 1, "r")) != NULL) {
            while (count < MOST_ENTRIES && fscanf(file, "%u", &entry.pid) == 1)
                entries[count++] = entry;
            fclose(file);
        }
    }
    return count;
}

/* infos: process_v1_t or, where size says so, process_t, which begins in the same way */
static int processes_of(const char *call, device_t device, const char *key, unsigned int *room, void *infos,
                        size_t size)
{
    entry_t entries[MOST_ENTRIES];
    int i, count, index, status = begin_device(call, device, &index);
    if (status)
        return status;
    if ((count = entries_of(index, key, entries)) < 0)
        return NOT_SUPPORTED;
    status = *room < (unsigned int)count ? INSUFFICIENT_SIZE : SUCCESS;
    *room = (unsigned int)count;
    if (!status && count && !infos)
        return INVALID_ARGUMENT;
    for (i = 0; !status && i < count; i++) {
        process_t *info = (process_t *)((char *)infos + (size_t)i * size);
        info->pid = entries[i].pid;
        info->used = entries[i].amount == ~0ULL ? ~0ULL : entries[i].amount << 20;
        if (size == sizeof(process_t))
            info->gpu_instance = info->compute_instance = ~0U; /* what a device without MIG says */
    }
    return status;
}

int nvmlDeviceGetComputeRunningProcesses(device_t device, unsigned int *room, process_v1_t *infos)
{
    return processes_of("nvmlDeviceGetComputeRunningProcesses", device, "processes", room, infos, sizeof *infos);
}

int nvmlDeviceGetComputeRunningProcesses_v2(device_t device, unsigned int *room, process_t *infos)
{
    return processes_of("nvmlDeviceGetComputeRunningProcesses_v2", device, "processes", room, infos, sizeof *infos);
}

int nvmlDeviceGetGraphicsRunningProcesses(device_t device, unsigned int *room, process_v1_t *infos)
{
    return processes_of("nvmlDeviceGetGraphicsRunningProcesses", device, "graphics", room, infos, sizeof *infos);
}

int nvmlDeviceGetGraphicsRunningProcesses_v2(device_t device, unsigned int *room, process_t *infos)
{
    return processes_of("nvmlDeviceGetGraphicsRunningProcesses_v2", device, "graphics", room, infos, sizeof *infos);
}

#ifndef FAKE_NVML_OLD
int nvmlDeviceGetComputeRunningProcesses_v3(device_t device, unsigned int *room, process_t *infos)
{
    return processes_of("nvmlDeviceGetComputeRunningProcesses_v3", device, "processes", room, infos, sizeof *infos);
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(device_t device, unsigned int *room, process_t *infos)
{
    return processes_of("nvmlDeviceGetGraphicsRunningProcesses_v3", device, "graphics", room, infos, sizeof *infos);
}
#endif

int nvmlDeviceGetProcessUtilization(device_t device, sample_t *samples, unsigned int *room, unsigned long long seen)
{
    char value[64];
    entry_t entries[MOST_ENTRIES];
    unsigned long long now = (unsigned long long)(clock_now() * 1e6);
    int i, count, index, status = begin_device("nvmlDeviceGetProcessUtilization", device, &index);
    if (status)
        return status;
    if ((count = entries_of(index, "sm", entries)) < 0)
        return NOT_SUPPORTED;
    if (of_device(index, "sm_age", value, sizeof value))
        now -= (unsigned long long)(strtod(value, NULL) * 1e3);
    if (now <= seen)
        count = 0;
    status = count && (!samples || *room < (unsigned int)count) ? INSUFFICIENT_SIZE : SUCCESS;
    *room = (unsigned int)count;
    if (!count)
        return of_device(index, "sm_empty", value, sizeof value) ? (int)strtol(value, NULL, 0) : NOT_FOUND;
    for (i = 0; !status && i < count; i++) {
        memset(&samples[i], 0, sizeof samples[i]);
        samples[i].pid = entries[i].pid;
        samples[i].time = now;
        samples[i].sm = (unsigned int)entries[i].amount;
    }
    return status;
}

/* ------------------------------------------------------------------ MIG devices: there are none to be had */

int nvmlDeviceGetMaxMigDeviceCount(device_t device, unsigned int *count)
{
    int ignored, status = begin_device("nvmlDeviceGetMaxMigDeviceCount", device, &ignored);
    (void)count;
    return status ? status : NOT_SUPPORTED;
}

int nvmlDeviceGetMigDeviceHandleByIndex(device_t device, unsigned int index, device_t *answer)
{
    int ignored, status = begin_device("nvmlDeviceGetMigDeviceHandleByIndex", device, &ignored);
    (void)index;
    (void)answer;
    return status ? status : NOT_SUPPORTED;
}

/* ------------------------------------------------------------------ GPM */

#ifndef FAKE_NVML_OLD
typedef struct { device_t device; double sm; } gpm_sample_t;
typedef struct {
    unsigned int id;
    int status;
    double value;
    struct { char *name, *long_name, *unit; } info;
} gpm_metric_t;
typedef struct {
    unsigned int version, count;
    gpm_sample_t *first, *second;
    gpm_metric_t metrics[]; /* how many there are at most differs from header to header */
} gpm_request_t;
typedef struct { unsigned int version, supported; } gpm_support_t;

enum { SM_UTIL = 2 };

int nvmlGpmQueryDeviceSupport(device_t device, gpm_support_t *support)
{
    char value[64];
    int index, status = begin_device("nvmlGpmQueryDeviceSupport", device, &index);
    if (status)
        return status;
    if (support->version != 1)
        return WRONG_VERSION;
    support->supported = (unsigned int)of_device(index, "gpm_sm", value, sizeof value);
    return SUCCESS;
}

int nvmlGpmSampleAlloc(gpm_sample_t **sample)
{
    int status = begin("nvmlGpmSampleAlloc");
    if (status)
        return status;
    *sample = calloc(1, sizeof **sample);
    return *sample ? SUCCESS : OUT_OF_MEMORY;
}

int nvmlGpmSampleFree(gpm_sample_t *sample)
{
    int status = begin("nvmlGpmSampleFree");
    if (status)
        return status;
    free(sample);
    return sample ? SUCCESS : INVALID_ARGUMENT;
}

int nvmlGpmSampleGet(device_t device, gpm_sample_t *sample)
{
    char value[64];
    int index, status = begin_device("nvmlGpmSampleGet", device, &index);
    if (status)
        return status;
    if (!sample)
        return INVALID_ARGUMENT;
    if (!of_device(index, "gpm_sm", value, sizeof value))
        return NOT_SUPPORTED;
    sample->device = device;
    sample->sm = strtod(value, NULL);
    return SUCCESS;
}

/* between two samples lies the mean of what was so at the one and at the other */
int nvmlGpmMetricsGet(gpm_request_t *request)
{
    unsigned int i;
    int status = begin("nvmlGpmMetricsGet");
    if (status)
        return status;
    if (request->version != 1)
        return WRONG_VERSION;
    if (!request->first || !request->second || !request->first->device ||
        request->first->device != request->second->device)
        return INVALID_ARGUMENT;
    for (i = 0; i < request->count; i++) {
        gpm_metric_t *metric = &request->metrics[i];
        metric->status = metric->id == SM_UTIL ? SUCCESS : NOT_SUPPORTED;
        metric->value = metric->id == SM_UTIL ? (request->first->sm + request->second->sm) / 2 : 0;
        memset(&metric->info, 0, sizeof metric->info);
    }
    return SUCCESS;
}
#endif
