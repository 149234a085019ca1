// SPDX-License-Identifier: MIT
namespace Denali.GuestChecker;

/// <summary>A reason to refuse a guest. Codes are never reused.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">What is wrong, and the cure.</param>
public sealed record Rule(string Code, string Message)
{
    /// <summary>A catch block or an exception filter.</summary>
    public static readonly Rule Catch = new(
        "DENALI001",
        "nothing is ever caught, because throw ends the VM; return a status or use a Try method instead");

    /// <summary>A finalizer.</summary>
    public static readonly Rule Finalizer = new(
        "DENALI002",
        "nothing collects objects, so no finalizer runs; implement IDisposable and call Dispose");

    /// <summary>A generic virtual method.</summary>
    public static readonly Rule GenericVirtual = new(
        "DENALI003",
        "a virtual method cannot have type parameters, because its code would have to be found at run time; put the "
        + "type parameter on the class or interface, or make the method static");

    /// <summary>A thread static.</summary>
    public static readonly Rule ThreadStatic = new(
        "DENALI004",
        "all threads of a VM share one set of statics; keep the state in the object that the thread runs");

    /// <summary>An array of several dimensions.</summary>
    public static readonly Rule MultiDimensionalArray = new(
        "DENALI005",
        "arrays have one dimension; use an array of arrays, or one array and compute the index");

    /// <summary>A lock.</summary>
    public static readonly Rule Lock = new(
        "DENALI006",
        "objects have no lock; use an Ilwaco.Mutex, or a CriticalSection around a few instructions");

    /// <summary>A native import from a library, or one that needs marshalling.</summary>
    public static readonly Rule NativeImport = new(
        "DENALI007",
        "there are no native libraries and no marshalling; import only symbols of the image itself (DllImport(\"*\"), "
        + "assembler beside the guest), and pass only numbers, pointers and structures of them");

    /// <summary>A Main with parameters.</summary>
    public static readonly Rule MainParameters = new(
        "DENALI008",
        "Main takes no parameters; read Ilwaco.Arguments instead");

    /// <summary>A structure that is compared or hashed through Object.</summary>
    public static readonly Rule StructEquality = new(
        "DENALI009",
        "the structure has no Equals or GetHashCode of its own, and the inherited ones would need reflection; "
        + "override them and implement IEquatable");
}
