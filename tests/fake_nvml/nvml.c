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
 * A question for which there is no key is answered with NVML_ERROR_NOT_SUPPORTED (3).
 * -DFAKE_NVML_OLD leaves out the functions that drivers of the 450 branch lack (`_v3` and later).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7 };

typedef void *device_t;
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } memory_v2_t;
typedef struct {
    char legacy[16];
    unsigned int domain, bus, device, id, subsystem;
    char place[32];
} pci_t;

static int started = 0;

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

/* 1 and the value of the last line with this key, or 0 */
static int look(const char *key, char *value, size_t size)
{
    char line[1024];
    int found = 0;
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file)) {
        char *sign = strchr(line, '=');
        if (!sign || line[0] == '#')
            continue;
        *sign = '\0';
        if (strcmp(trimmed(line), key) == 0) {
            snprintf(value, size, "%s", trimmed(sign + 1));
            found = 1;
        }
    }
    fclose(file);
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
    int status = (int)number("init", SUCCESS);
    (void)flags;
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
