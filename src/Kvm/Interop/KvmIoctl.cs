// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Kvm.Interop;

/// <summary>Requests and constants of linux/kvm.h, with the kernel's spelling and values.</summary>
internal static unsafe partial class KvmIoctl
{
    internal const int KVM_API_VERSION = 12;

    internal const uint KVM_GET_API_VERSION = 0xAE00;
    internal const uint KVM_CREATE_VM = 0xAE01;
    internal const uint KVM_CHECK_EXTENSION = 0xAE03;
    internal const uint KVM_GET_VCPU_MMAP_SIZE = 0xAE04;
    internal const uint KVM_GET_SUPPORTED_CPUID = 0xC008AE05;
    internal const uint KVM_CREATE_VCPU = 0xAE41;
    internal const uint KVM_SET_USER_MEMORY_REGION = 0x4020AE46;
    internal const uint KVM_RUN = 0xAE80;
    internal const uint KVM_GET_REGS = 0x8090AE81;
    internal const uint KVM_SET_REGS = 0x4090AE82;
    internal const uint KVM_GET_SREGS = 0x8138AE83;
    internal const uint KVM_SET_SREGS = 0x4138AE84;
    internal const uint KVM_GET_MSRS = 0xC008AE88;
    internal const uint KVM_SET_MSRS = 0x4008AE89;
    internal const uint KVM_SET_SIGNAL_MASK = 0x4004AE8B;
    internal const uint KVM_SET_CPUID2 = 0x4008AE90;
    internal const uint KVM_GET_TSC_KHZ = 0xAEA3;
    internal const uint KVM_GET_XSAVE = 0x9000AEA4;
    internal const uint KVM_SET_XSAVE = 0x5000AEA5;
    internal const uint KVM_SET_XCRS = 0x4188AEA7;
    internal const uint KVM_SET_DEVICE_ATTR = 0x4018AEE1;

    internal const uint KVM_CAP_IMMEDIATE_EXIT = 136;
    internal const uint KVM_CAP_NR_VCPUS = 9;
    internal const uint KVM_CAP_GET_TSC_KHZ = 61;

    internal const uint KVM_VCPU_TSC_CTRL = 0;
    internal const ulong KVM_VCPU_TSC_OFFSET = 0;

    internal const uint KVM_EXIT_UNKNOWN = 0;
    internal const uint KVM_EXIT_IO = 2;
    internal const uint KVM_EXIT_MMIO = 6;
    internal const uint KVM_EXIT_SHUTDOWN = 8;
    internal const uint KVM_EXIT_FAIL_ENTRY = 9;
    internal const uint KVM_EXIT_INTR = 10;
    internal const uint KVM_EXIT_INTERNAL_ERROR = 17;
    internal const byte KVM_EXIT_IO_OUT = 1;

    internal const int EINTR = 4;
    internal const int EAGAIN = 11;

    // Both C functions are variadic or take plain integers; on x86-64 a fixed signature passes the same registers.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Call(int fd, nuint request, nuint argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Call(int fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(void* address, nuint length);
}
