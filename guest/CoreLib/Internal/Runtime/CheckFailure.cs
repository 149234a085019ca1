// SPDX-License-Identifier: MIT
namespace Internal.Runtime;

/// <summary>Which check of the compiler or of the core library failed. The library OS has the messages.</summary>
internal enum CheckFailure
{
    IndexOutOfRange,
    ArgumentOutOfRange,
    ArgumentInvalid,
    DestinationTooShort,
    NullReference,
    InvalidCast,
    ArrayTypeMismatch,
    Overflow,
    DivideByZero,
    NotSupported,
    NotCompiled,
    LeftOut,
}
