# SPDX-License-Identifier: MIT
# What compiled code calls with conventions of its own, so that it cannot be C#.

.intel_syntax noprefix

.macro FUNCTION name
.section .text.\name, "ax", @progbits
.global \name
.type \name, @function
.balign 16
\name:
.cfi_startproc
.endm

.macro END name
.cfi_endproc
.size \name, . - \name
.endm

# Stores of references. There is no collector to tell; the compiler only insists on the calls, and on which registers
# they leave alone. rdi: where; rsi: the reference.
FUNCTION RhpAssignRef
        mov     [rdi], rsi
        ret
END RhpAssignRef

FUNCTION RhpCheckedAssignRef
        mov     [rdi], rsi
        ret
END RhpCheckedAssignRef

# Copies one reference from [rsi] to [rdi] and moves both on.
FUNCTION RhpByRefAssignRef
        mov     rcx, [rsi]
        mov     [rdi], rcx
        add     rdi, 8
        add     rsi, 8
        ret
END RhpByRefAssignRef

# Around native calls, and where a collector would stop a thread: nothing to do.
FUNCTION RhpPInvoke
        ret
END RhpPInvoke

FUNCTION RhpPInvokeReturn
        ret
END RhpPInvokeReturn

FUNCTION RhpReversePInvoke
        ret
END RhpReversePInvoke

FUNCTION RhpReversePInvokeReturn
        ret
END RhpReversePInvokeReturn

FUNCTION RhpGcPoll
        ret
END RhpGcPoll

.section .rodata.RhpTrapThreads, "a", @progbits
.global RhpTrapThreads
.type RhpTrapThreads, @object
.balign 4
RhpTrapThreads:
        .long   0
.size RhpTrapThreads, . - RhpTrapThreads

# Lies between a function's stack buffers and its return address; the start-up code makes it random.
.section .data.__security_cookie, "aw", @progbits
.global __security_cookie
.type __security_cookie, @object
.balign 8
__security_cookie:
        .quad   0x0000DEAD0A0D0000
.size __security_cookie, . - __security_cookie

# Touches every page of a large frame from the top down, so that an overflow meets the guard page and nothing behind it.
# r11: the lowest address of the frame. Changes r11 only.
FUNCTION RhpStackProbe
        push    rax
        .cfi_adjust_cfa_offset 8
        lea     rax, [rsp + 8]
        and     rax, -4096
.Lprobe:
        sub     rax, 4096
        test    [rax], eax
        cmp     rax, r11
        jg      .Lprobe
        pop     rax
        .cfi_adjust_cfa_offset -8
        ret
END RhpStackProbe

FUNCTION RhpRethrow
        ud2
END RhpRethrow

# The compiler's own "cannot happen".
FUNCTION RhpFallbackFailFast
        ud2
END RhpFallbackFailFast

# A call through an interface, first time at this call site (r11: the InterfaceDispatchCell) or with a type that the
# site has not seen: find the method, remember it, go there with all arguments as they were.
.set DISPATCH_FRAME, 8 * 16 + 6 * 8 + 8

FUNCTION RhpInitialDynamicInterfaceDispatch
.Lresolve:
        # A null object faults here, with the caller's address on top of the stack.
        cmp     byte ptr [rdi], 0
        sub     rsp, DISPATCH_FRAME
        .cfi_adjust_cfa_offset DISPATCH_FRAME
        vmovdqa [rsp + 0x00], xmm0
        vmovdqa [rsp + 0x10], xmm1
        vmovdqa [rsp + 0x20], xmm2
        vmovdqa [rsp + 0x30], xmm3
        vmovdqa [rsp + 0x40], xmm4
        vmovdqa [rsp + 0x50], xmm5
        vmovdqa [rsp + 0x60], xmm6
        vmovdqa [rsp + 0x70], xmm7
        mov     [rsp + 0x80], rdi
        mov     [rsp + 0x88], rsi
        mov     [rsp + 0x90], rdx
        mov     [rsp + 0x98], rcx
        mov     [rsp + 0xA0], r8
        mov     [rsp + 0xA8], r9
        mov     rsi, r11
        call    denali_resolve_interface_call
        vmovdqa xmm0, [rsp + 0x00]
        vmovdqa xmm1, [rsp + 0x10]
        vmovdqa xmm2, [rsp + 0x20]
        vmovdqa xmm3, [rsp + 0x30]
        vmovdqa xmm4, [rsp + 0x40]
        vmovdqa xmm5, [rsp + 0x50]
        vmovdqa xmm6, [rsp + 0x60]
        vmovdqa xmm7, [rsp + 0x70]
        mov     rdi, [rsp + 0x80]
        mov     rsi, [rsp + 0x88]
        mov     rdx, [rsp + 0x90]
        mov     rcx, [rsp + 0x98]
        mov     r8, [rsp + 0xA0]
        mov     r9, [rsp + 0xA8]
        add     rsp, DISPATCH_FRAME
        .cfi_adjust_cfa_offset -DISPATCH_FRAME
        jmp     rax
END RhpInitialDynamicInterfaceDispatch

# A call through an interface, at a call site that has a list of InterfaceDispatchEntry: type, target, next.
FUNCTION denali_interface_call
        mov     r10, [r11 + 8]
        mov     rax, [rdi]
.Lentry:
        cmp     rax, [r10]
        jne     .Lnext
        jmp     [r10 + 8]
.Lnext:
        mov     r10, [r10 + 16]
        test    r10, r10
        jne     .Lentry
        jmp     .Lresolve
END denali_interface_call

# The address of the above, which C# cannot take.
FUNCTION denali_cached_interface_call
        lea     rax, [rip + denali_interface_call]
        ret
END denali_cached_interface_call

# The % of floating-point numbers. The old unit's partial remainder is exact; it is done when flag C2 (bit 10) is clear.
.macro REMAINDER name, move, size
FUNCTION \name
        \move   \size ptr [rsp - 8], xmm1
        fld     \size ptr [rsp - 8]
        \move   \size ptr [rsp - 8], xmm0
        fld     \size ptr [rsp - 8]
.Lremainder_\name:
        fprem
        fnstsw  ax
        test    ah, 4
        jne     .Lremainder_\name
        fstp    st(1)
        fstp    \size ptr [rsp - 8]
        \move   xmm0, \size ptr [rsp - 8]
        ret
END \name
.endm

REMAINDER fmod, vmovsd, qword
REMAINDER fmodf, vmovss, dword
